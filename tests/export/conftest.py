from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from kg.records import Edge, EdgeEvidence, Node

HOSTILE = "</script><img src=x onerror=alert(1)>"


class MemoryGraph:
    """A graph in memory."""

    def __init__(self, nodes: Iterable[Node], edges: Iterable[Edge]) -> None:
        self._nodes = sorted(nodes, key=lambda node: node.id)
        self._edges = sorted(edges, key=lambda edge: edge.id)

    @property
    def manifest(self) -> Mapping[str, Any]:
        return {}

    def nodes(self) -> Iterator[Node]:
        yield from self._nodes

    def edges(self, evidence: bool = True) -> Iterator[Edge]:
        for edge in self._edges:
            yield edge if evidence else replace(edge, evidence=())


def proof(sentence: str, name: str, line: int = 12, score: float = 0.8, section: str = "方法") -> EdgeEvidence:
    start = sentence.index(name)
    return EdgeEvidence(sentence, start, start + len(name), section, line, "lexicon", score, "digests/2023-02.md")


def edge(source: str, relation: str, target: str, *evidence: EdgeEvidence, **attributes: Any) -> Edge:
    attributes = {"confidence": 0.9, "count": len(evidence), "first_seen": "2023-02-10"} | attributes
    return Edge(f"{source}|{relation}|{target}", source, target, relation, attributes, evidence)


@pytest.fixture
def graph() -> MemoryGraph:
    uses = "ControlNet 锁住 Stable Diffusion 的权重，另训练一份编码器副本。"
    return MemoryGraph(
        [
            Node(
                "paper:2302.05543",
                "Paper",
                "Adding Conditional Control to Text-to-Image Diffusion Models",
                {
                    "title": "Adding Conditional Control to Text-to-Image Diffusion Models",
                    "title_zh": "为文生图扩散模型加入条件控制",
                    "date": "2023-02-10",
                    "arxiv_id": "2302.05543",
                    "urls": ["https://arxiv.org/abs/2302.05543", "https://github.com/lllyasviel/ControlNet"],
                    "venue": "ICCV 2023",
                    "doi": "",
                    "source": ("digests/2023-02.md:3",),
                },
            ),
            Node("paper:untold", "Paper", "A Paper without Details"),
            Node("model:controlnet", "Model", "ControlNet", {"aliases": ["ControlNet", "控制网络"], "paper_count": 1}),
            Node(
                "model:sd",
                "Model",
                "Stable Diffusion",
                {"aliases": ["SD", "Stable Diffusion"], "name_en": "Stable Diffusion", "paper_count": 2},
            ),
            Node("method:none", "Method", "-free guidance", {"aliases": ["=CFG"], "paper_count": 0}),
            Node("venue:iccv", "Venue", "ICCV", {"aliases": [], "paper_count": 1}),
        ],
        [
            edge("paper:2302.05543", "PROPOSES", "model:controlnet", proof("本文提出 ControlNet。", "ControlNet", 8)),
            edge(
                "paper:2302.05543",
                "USES",
                "model:sd",
                proof(uses, "Stable Diffusion", 13, 0.95),
                proof("以 Stable Diffusion\n为例。", "Stable Diffusion", 14, 0.6),
                first_seen=None,
            ),
            # Two edges of one pair: readers must keep them apart.
            edge("paper:2302.05543", "COMPARES_WITH", "model:sd", proof("优于 Stable Diffusion 的微调。", "优于")),
            edge("model:controlnet", "BASED_ON", "model:sd", proof(uses, "Stable Diffusion", 13)),
            edge("paper:2302.05543", "PUBLISHED_IN", "venue:iccv", proof("2023.02｜ICCV 2023", "ICCV", 2), year=2023),
            edge("paper:untold", "USES", "method:none", proof("=1+1 & <b>粗体</b> -free guidance", "-free")),
        ],
    )


@pytest.fixture
def hostile() -> MemoryGraph:
    sentence = f"前文 {HOSTILE} 与 \x00 控制字符和 \ud800 半个代理 \u2028 换行。"
    attributes = {
        "title": HOSTILE,
        "title_zh": HOSTILE,
        "urls": ["javascript:alert(1)"],
        "code_url": "data:text/html,x",
    }
    return MemoryGraph(
        [
            Node("p<1>\"'", "Paper", HOSTILE, attributes),
            Node("m1", "Model", f"{HOSTILE}\x0b\udfff", {"aliases": [HOSTILE, "\x01"], "name_zh": HOSTILE}),
        ],
        [edge("p<1>\"'", "USES", "m1", proof(sentence, HOSTILE))],
    )
