"""Graphs that several tests look at: the sample digests, built once, and a tiny one of which every row is known."""

import hashlib
import os
import signal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import settings

from kg.pipeline import build
from kg.resources import resource
from kg.store import open_graph, write_graph

# CI tries the same examples each time; elsewhere new ones are tried.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

# Started in the background (nohup, some CI runners) the process inherits that Ctrl-C is ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory) -> Path:
    """A graph folder with the sample digests."""
    folder = tmp_path_factory.mktemp("sample") / "graph"
    build([str(resource("data/digests"))], folder, jobs=1).graph.close()
    return folder


@pytest.fixture
def sample(sample_folder):
    with open_graph(sample_folder) as graph:
        yield graph


PAPERS = [
    # id, title, title_zh, date, arxiv_id
    (
        "paper:arxiv:2208.12242",
        "DreamBooth: Fine Tuning Text-to-Image Diffusion Models",
        "",
        "2022-08-25",
        "2208.12242",
    ),
    ("paper:arxiv:2302.05543", "Adding Conditional Control", "为扩散模型添加条件控制", "2023-02-10", "2302.05543"),
    ("paper:arxiv:2307.01952", "SDXL: Improving Latent Diffusion Models", "", "2023-07-04", "2307.01952"),
    ("paper:title:0f", "A Note without a Date", "", "", ""),
]
NODES = [
    # id, type, name, name_en, name_zh, other aliases
    ("dataset:dreambooth", "Dataset", "DreamBooth", "DreamBooth", "", []),
    (
        "method:diffusionmodel",
        "Method",
        "diffusion model",
        "diffusion model",
        "扩散模型",
        ["diffusion models", "扩散-模型"],
    ),
    ("model:dreambooth", "Model", "DreamBooth", "DreamBooth", "", ["Dream Booth"]),
    ("model:stablediffusion", "Model", "Stable Diffusion", "Stable Diffusion", "", ["SD"]),
    ("model:stablediffusionxl", "Model", "Stable Diffusion XL", "Stable Diffusion XL", "", ["ＳＤＸＬ"]),
    ("task:personalization", "Task", "personalization", "personalization", "个性化生成", ["SD"]),
    ("topic:image", "Topic", "Image Generation", "", "", []),
]
EDGES = [
    # source, type, target, confidence, sentences
    (0, "PROPOSES", "model:dreambooth", 0.9, ["本文提出DreamBooth方法。"]),
    (0, "EVALUATED_ON", "dataset:dreambooth", 0.8, ["我们发布DreamBooth数据集并在其上评估。"]),
    (0, "USES", "method:diffusionmodel", 0.7, ["该方法微调文本到图像的扩散模型。", "扩散模型保留先验。"]),
    (0, "ADDRESSES", "task:personalization", 0.6, ["目标是个性化生成。"]),
    (0, "HAS_TOPIC", "topic:image", 1.0, ["# Topic: Image Generation｜"]),
    (1, "USES", "model:stablediffusion", 0.95, ["ControlNet锁住Stable Diffusion的权重。"]),
    (1, "USES", "method:diffusionmodel", 0.5, ["它为扩散模型加上空间条件。"]),
    (1, "HAS_TOPIC", "topic:image", 1.0, ["# Topic: Image Generation｜"]),
    (2, "PROPOSES", "model:stablediffusionxl", 0.99, ["SDXL的U-Net是此前的三倍大。"]),
    (2, "USES", "method:diffusionmodel", 0.9, ["SDXL是潜在空间里的扩散模型。"]),
    (2, "MENTIONS", "model:stablediffusion", 0.3, ["此前的Stable Diffusion较小。"]),
    ("model:stablediffusionxl", "VERSION_OF", "model:stablediffusion", 1.0, ["SDXL的U-Net是此前的三倍大。"]),
]
DROPPED = [
    # stage, reason, file, line, detail, text, other_file, other_line
    ("read", "empty", "in/void.md", 1, "in/void.md is empty: there is nothing to read in it.", "", "", 0),
    ("read", "no-papers", "in/README.md", 1, "in/README.md holds no papers.", "", "", 0),
    ("read", "refusal", "in/a.md", 40, "in/a.md:40 holds a refusal.", "抱歉，我无法访问该链接。", "", 0),
    (
        "screen",
        "copied",
        "in/a.md",
        50,
        "in/a.md:50 repeats a paragraph of in/a.md:20.",
        "扩散模型保留先验。",
        "in/a.md",
        20,
    ),
]


@pytest.fixture
def tiny_folder(tmp_path) -> Path:
    """A graph folder with the rows above."""
    folder = tmp_path / "graph"
    about = {
        "kg": "0",
        "schema": "1.0",
        "pipeline": {"name": "fast", "version": "0", "reader": "0"},
        "sources": ["in"],
        "inputs": {"files": 3, "sha256": ""},
    }
    write_graph(folder, tables(), about).close()
    return folder


@pytest.fixture
def tiny(tiny_folder):
    with open_graph(tiny_folder) as graph:
        yield graph


def tables() -> dict[str, pa.Table]:
    date_of = {p[0]: p[3] for p in PAPERS}
    node_of = {n[0]: n for n in NODES}
    edges, evidence, linked = [], [], {n[0]: [] for n in NODES}
    for number, (source, relation, target, confidence, sentences) in enumerate(EDGES):
        source_id = PAPERS[source][0] if isinstance(source, int) else source
        date = date_of.get(source_id, "2023-07-04")
        identity = hashlib.sha256(f"{source_id}{relation}{target}".encode()).hexdigest()[:16]
        edges.append((identity, source_id, target, relation, confidence, len(sentences), date, date, "", None))
        if isinstance(source, int) and relation != "MENTIONS":
            linked[target].append(date)
        names = [name for name in (*node_of[target][2:5], *node_of[target][5]) if name]
        for line, sentence in enumerate(sentences, 10 * number):
            start, name = max((sentence.find(name), name) for name in names)
            start, end = max(start, 0), max(start, 0) + len(name)
            evidence.append(
                (identity, "in/a.md", line, "概述", sentence, start, end, "test", confidence - line / 10_000)
            )
    nodes = [
        (
            i,
            t,
            name,
            en,
            zh,
            sorted({name, *filter(None, (en, zh)), *more}),
            len(linked[i]),
            min(linked[i], default=""),
            max(linked[i], default=""),
        )
        for i, t, name, en, zh, more in NODES
    ]
    aliases = [(i, alias, 1, "", "in/a.md", 1, "test") for i, *_, names, _, _, _ in nodes for alias in names]
    papers = [
        (
            i,
            title,
            zh,
            date,
            arxiv,
            "",
            [f"https://arxiv.org/abs/{arxiv}"] if arxiv else [],
            "",
            "",
            "",
            [],
            [f"in/a.md:{n}"],
        )
        for n, (i, title, zh, date, arxiv) in enumerate(PAPERS, 1)
    ]
    text, texts, number, share = pa.string(), pa.list_(pa.string()), pa.int32(), pa.float64()
    return {
        "papers": _table(
            papers,
            id=text,
            title=text,
            title_zh=text,
            date=text,
            arxiv_id=text,
            doi=text,
            urls=texts,
            code_url=text,
            rating=text,
            venue=text,
            authors=texts,
            source=texts,
        ),
        "nodes": _table(
            nodes,
            id=text,
            type=text,
            name=text,
            name_en=text,
            name_zh=text,
            aliases=texts,
            paper_count=number,
            first_seen=text,
            last_seen=text,
        ),
        "edges": _table(
            sorted(edges),
            id=text,
            source=text,
            target=text,
            type=text,
            confidence=share,
            count=number,
            first_seen=text,
            last_seen=text,
            value=text,
            year=number,
        ),
        "evidence": _table(
            sorted(evidence),
            edge=text,
            file=text,
            line=number,
            section=text,
            sentence=text,
            start=number,
            end=number,
            cue=text,
            score=share,
        ),
        "aliases": _table(
            aliases, node=text, alias=text, count=number, sentence=text, file=text, line=number, cue=text
        ),
        "dropped": _table(
            DROPPED,
            stage=text,
            reason=text,
            file=text,
            line=number,
            detail=text,
            text=text,
            other_file=text,
            other_line=number,
        ),
        "inputs": _table([("in/a.md", "00", 4, "paperdaily")], file=text, sha256=text, entries=number, format=text),
    }


def _table(rows, **columns):
    values = zip(*rows, strict=True)
    return pa.table({n: pa.array(v, t) for (n, t), v in zip(columns.items(), values, strict=True)})
