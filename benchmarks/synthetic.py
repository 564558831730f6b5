"""Graphs of any size that look like the real ones: for benchmarks of what draws and stores them.

Papers fall into fields; a field has its own models, methods, datasets and tasks, and everybody uses the famous ones.
The same arguments give the same graph.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta

from kg.records import Edge, EdgeEvidence, Node

_FIELDS = (
    ("diffusion model", "扩散模型"), ("image restoration", "图像恢复"), ("3D reconstruction", "三维重建"),
    ("video generation", "视频生成"), ("object detection", "目标检测"), ("speech recognition", "语音识别"),
    ("question answering", "问答"), ("point cloud", "点云"), ("pose estimation", "姿态估计"),
    ("instruction tuning", "指令微调"), ("code generation", "代码生成"), ("medical imaging", "医学影像"),
    ("autonomous driving", "自动驾驶"), ("robot manipulation", "机器人操作"), ("image editing", "图像编辑"),
    ("text-to-speech", "语音合成"), ("retrieval", "检索"), ("style transfer", "风格迁移"),
    ("remote sensing", "遥感"), ("federated learning", "联邦学习"),
)  # fmt: skip
_KINDS = {
    "Model": (0.30, ("Net", "Former", "Diff", "GPT", "CLIP"), ("网络", "模型")),
    "Method": (0.25, (" attention", " training", " loss", " distillation"), ("注意力", "训练", "损失", "蒸馏")),
    "Dataset": (0.15, ("Bench", "-1K", "Set", "QA"), ("数据集", "基准")),
    "Task": (0.12, (" estimation", " segmentation", " editing", " matching"), ("估计", "分割", "编辑", "匹配")),
    "Metric": (0.04, (" score", " distance", "@1"), ("分数", "距离")),
    "Institution": (0.10, (" University", " Lab", " AI"), ("大学", "实验室")),
    "Topic": (0.04, (" research",), ("研究",)),
}  # fmt: skip
_RELATIONS = {
    "Model": ("USES", "COMPARES_WITH", "PROPOSES"),
    "Method": ("USES", "USES", "PROPOSES"),
    "Dataset": ("EVALUATED_ON", "TRAINED_ON"),
    "Task": ("ADDRESSES",),
    "Metric": ("REPORTS",),
    "Institution": ("AFFILIATED_WITH",),
    "Topic": ("HAS_TOPIC",),
}
_SYLLABLES = [a + b for a in "bdfgklmnprstvxz" for b in "aeiou"]
_ZH = "多尺度跨模态自适应高效层次对比时空局部全局动态稀疏语义几何统一鲁棒可控轻量"


def graph(nodes: int, seed: int = 1) -> tuple[list[Node], list[Edge]]:
    """Make a graph of so many nodes, about three edges a node, sorted by id."""
    draw = random.Random(seed)  # noqa: S311 - nothing here is secret
    papers = nodes // 2
    entities = [_entity(draw, i) for i in range(nodes - papers)]
    by_field: dict[int, list[int]] = defaultdict(list)
    for i in range(len(entities)):
        by_field[_field_of(i, len(entities))].append(i)
    linked: dict[int, list[str]] = defaultdict(list)
    paper_nodes, edges = [], []
    for p in range(papers):
        field = draw.randrange(len(_FIELDS))
        node = _paper(draw, p, field, papers)
        paper_nodes.append(node)
        for i in sorted({_choice(draw, by_field, field, len(entities)) for _ in range(draw.randint(3, 9))}):
            kind, name, zh = entities[i]
            linked[i].append(node.attributes["date"])
            edges.append(_edge(draw, node, f"{kind.lower()}:{i:06d}", draw.choice(_RELATIONS[kind]), name, zh))
    made = [
        Node(
            f"{kind.lower()}:{i:06d}",
            kind,
            name,
            {"name_en": name, "name_zh": zh, "aliases": [name, zh, f"{name} v{i % 7}"], "paper_count": len(linked[i])}
            | ({"first_seen": min(linked[i]), "last_seen": max(linked[i])} if linked[i] else {}),
        )
        for i, (kind, name, zh) in enumerate(entities)
    ]
    return sorted(made + paper_nodes, key=lambda n: n.id), sorted(edges, key=lambda e: e.id)


def _field_of(i: int, count: int) -> int:
    return -1 if i < max(6, count // 60) else i % len(_FIELDS)


def _choice(draw: random.Random, by_field: dict[int, list[int]], field: int, count: int) -> int:
    pool = by_field[-1] if draw.random() < 0.22 else by_field[field if draw.random() < 0.9 else draw.randrange(20)]
    # A few are famous: the square of a uniform number falls near 0 most often.
    return pool[int(len(pool) * draw.random() ** 2.2)] if pool else draw.randrange(count)


def _word(draw: random.Random) -> str:
    return "".join(draw.choice(_SYLLABLES) for _ in range(draw.randint(2, 3))).capitalize()


def _entity(draw: random.Random, i: int) -> tuple[str, str, str]:
    kind = draw.choices(list(_KINDS), [k[0] for k in _KINDS.values()])[0]
    _, ends, zh_ends = _KINDS[kind]
    start = draw.randrange(len(_ZH) - 4)
    zh = _ZH[start : start + draw.randint(2, 4)] + draw.choice(zh_ends)
    return kind, _word(draw) + draw.choice(ends), zh


def _paper(draw: random.Random, i: int, field: int, papers: int) -> Node:
    en, zh = _FIELDS[field]
    name = _word(draw)
    day = date(2022, 1, 1) + timedelta(days=int(1200 * (i / max(papers, 1)) ** 0.7))
    title = f"{name}: {_word(draw)} {draw.choice(('priors', 'guidance', 'transformers', 'tokens'))} for {en}"
    arxiv = f"{day:%y%m}.{i % 100000:05d}"
    return Node(
        f"paper:{i:06d}",
        "Paper",
        title,
        {
            "title": title,
            "title_zh": f"{name}：用于{zh}的{draw.choice(('先验', '引导', '变换器', '词元'))}方法",
            "date": day.isoformat(),
            "arxiv_id": arxiv,
            "urls": [f"https://arxiv.org/abs/{arxiv}"],
        },
    )


def _edge(draw: random.Random, paper: Node, target: str, relation: str, name: str, zh: str) -> Edge:
    sentence = (
        f"我们在{zh}（{name}）的基础上提出了一种新的方法，在多个基准上优于已有工作，编号 {draw.randrange(10**6)}。"
    )
    start = sentence.index(name)
    proof = EdgeEvidence(sentence, start, start + len(name), "方法", draw.randrange(1, 400), "bracket", 0.8, "day.md")
    day = paper.attributes["date"]
    about = {"confidence": round(draw.uniform(0.4, 1), 2), "count": 1, "first_seen": day, "last_seen": day}
    return Edge(f"{paper.id}>{relation}>{target}", paper.id, target, relation, about, (proof,))
