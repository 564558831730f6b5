"""What the tests of the page share: a small true graph, one whose every text is hostile, and a page that is open."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from kg.records import Edge, EdgeEvidence, Node

PAYLOADS = (
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<svg/onload=window.hacked=1>",
    '"><iframe srcdoc="<script>parent.hacked=1</script>"></iframe>',
    "' onmouseover='window.hacked=1",
    "javascript:window.hacked=1",
    "${window.hacked=1}",
    "{{constructor.constructor('window.hacked=1')()}}",
    "<!--<script>window.hacked=1",
    "&lt;b&gt;&#x3c;script&#x3e;",
    "]]><![CDATA[<x onclick='hacked=1'>",
    "=HYPERLINK(\"https://example.org\",\"x\")",
    "\u202ecod.exe\u2028line\u0000nul\x1b[31m",
    "data:text/html,<script>opener.hacked=1</script>",
    "{{islands}}{{script}}{{title}}",
)  # fmt: skip

_PAPERS = (
    ("2112.10752", "High-Resolution Image Synthesis with Latent Diffusion Models", "高分辨率图像合成", "2021-12-20"),
    ("2208.12242", "DreamBooth: Fine Tuning Text-to-Image Diffusion Models", "微调文生图扩散模型", "2022-08-25"),
    ("2302.05543", "Adding Conditional Control to Text-to-Image Diffusion Models", "为文生图加条件", "2023-02-10"),
    ("2307.01952", "SDXL: Improving Latent Diffusion Models", "SDXL：改进潜在扩散模型", "2023-07-04"),
    ("1505.04597", "U-Net: Convolutional Networks for Biomedical Image Segmentation", "", "2015-05-18"),
    ("", "Notes without a Date", "无日期的笔记", ""),
)  # fmt: skip
_ENTITIES = (
    ("model:sd", "Model", "Stable Diffusion", "Stable Diffusion", "", ["SD", "Stable Diffusion"]),
    ("model:controlnet", "Model", "ControlNet", "ControlNet", "控制网络", ["ControlNet"]),
    ("model:sdxl", "Model", "Stable Diffusion XL", "Stable Diffusion XL", "", ["SDXL", "ＳＤＸＬ"]),
    ("method:dm", "Method", "diffusion model", "diffusion model", "扩散模型", ["diffusion models", "扩散模型"]),
    ("dataset:coco", "Dataset", "MS-COCO", "MS-COCO", "", ["COCO", "MS COCO"]),
    ("task:t2i", "Task", "text-to-image generation", "text-to-image generation", "文本到图像生成", ["文生图"]),
    ("metric:fid", "Metric", "FID", "Fréchet Inception Distance", "弗雷歇距离", ["FID"]),
    ("topic:gen", "Topic", "Image Generation", "", "图像生成", []),
    ("topic:med", "Topic", "Medical Imaging", "", "医学影像", []),
    ("venue:cvpr", "Venue", "CVPR", "", "", []),
)  # fmt: skip
_EDGES = (
    (0, "PROPOSES", "model:sd", 0.95, "本文提出 Stable Diffusion，在潜在空间里去噪。", "Stable Diffusion"),
    (0, "USES", "method:dm", 0.9, "它把扩散模型移到自编码器的潜在空间。", "扩散模型"),
    (0, "EVALUATED_ON", "dataset:coco", 0.7, "在 MS-COCO 上评测 FID。", "MS-COCO"),
    (0, "REPORTS", "metric:fid", 0.6, "在 MS-COCO 上评测 FID。", "FID"),
    (0, "HAS_TOPIC", "topic:gen", 1.0, "# Topic: Image Generation｜", "Image Generation"),
    (0, "PUBLISHED_IN", "venue:cvpr", 1.0, "2021.12.20｜CVPR 2022", "CVPR"),
    (1, "USES", "method:dm", 0.8, "几张照片就能微调扩散模型。", "扩散模型"),
    (1, "ADDRESSES", "task:t2i", 0.5, "面向文生图的个性化。", "文生图"),
    (1, "HAS_TOPIC", "topic:gen", 1.0, "# Topic: Image Generation｜", "Image Generation"),
    (2, "PROPOSES", "model:controlnet", 0.98, "𝒞 本文提出 ControlNet，加入边缘等条件。", "ControlNet"),
    (2, "USES", "model:sd", 0.9, "ControlNet 锁住 Stable Diffusion 的权重。", "Stable Diffusion"),
    (2, "USES", "method:dm", 0.4, "条件加在扩散模型上。", "扩散模型"),
    (2, "HAS_TOPIC", "topic:gen", 1.0, "# Topic: Image Generation｜", "Image Generation"),
    (3, "PROPOSES", "model:sdxl", 0.97, "SDXL 的 U-Net 大了三倍。", "SDXL"),
    (3, "COMPARES_WITH", "model:sd", 0.65, "与 Stable Diffusion 相比更受喜欢。", "Stable Diffusion"),
    (3, "EVALUATED_ON", "dataset:coco", 0.55, "也给出了 COCO 上的结果。", "COCO"),
    (4, "HAS_TOPIC", "topic:med", 1.0, "# Topic: Medical Imaging｜", "Medical Imaging"),
    (5, "USES", "method:dm", 0.3, "笔记里谈到扩散模型。", "扩散模型"),
    ("model:controlnet", "BASED_ON", "model:sd", 0.9, "ControlNet 锁住 Stable Diffusion 的权重。", "Stable Diffusion"),
    ("model:sdxl", "VERSION_OF", "model:sd", 1.0, "SDXL 的 U-Net 大了三倍。", "SDXL"),
)  # fmt: skip


def small() -> tuple[list[Node], list[Edge]]:
    """Six papers and what they are about."""
    papers = [_paper(*row) for row in _PAPERS]
    edges = []
    for line, (source, relation, target, confidence, sentence, name) in enumerate(_EDGES, 1):
        paper = papers[source] if isinstance(source, int) else None
        start = sentence.index(name)
        proof = EdgeEvidence(sentence, start, start + len(name), "方法", line, "test", confidence, "notes/2023.md")
        day = paper.attributes.get("date", "") if paper else "2023-07-04"
        about = _present(confidence=confidence, count=1, first_seen=day, last_seen=day)
        start_id = paper.id if paper else str(source)
        edges.append(Edge(f"{start_id}|{relation}|{target}", start_id, target, relation, about, (proof,)))
    entities = []
    for identity, kind, name, en, zh, aliases in _ENTITIES:
        sources = {e.source for e in edges if e.target == identity and e.source.startswith("paper:")}
        days = sorted(day for p in papers if p.id in sources and (day := p.attributes.get("date")))
        seen = {"first_seen": days[0], "last_seen": days[-1]} if days else {}
        about = _present(name_en=en, name_zh=zh, aliases=aliases) | {"paper_count": len(sources)} | seen
        entities.append(Node(identity, kind, name, about))
    return sorted(papers + entities, key=lambda n: n.id), sorted(edges, key=lambda e: e.id)


def _paper(arxiv: str, title: str, zh: str, day: str) -> Node:
    urls = [f"https://arxiv.org/abs/{arxiv}"] if arxiv else []
    code = "https://github.com/lllyasviel/ControlNet" if arxiv == "2302.05543" else ""
    about = _present(title=title, title_zh=zh, date=day, arxiv_id=arxiv, urls=urls, code_url=code)
    return Node(f"paper:{arxiv or 'note'}", "Paper", title, about)


def hostile() -> tuple[list[Node], list[Edge]]:
    """A paper, a model and an edge for each payload, which stands in every text of theirs."""
    nodes, edges = [], []
    for i, text in enumerate(PAYLOADS):
        paper = dict.fromkeys(("title", "title_zh", "date", "arxiv_id", "doi", "code_url", "rating", "venue"), text)
        lists = {"urls": [text, "javascript:alert(1)"], "authors": [text], "source": [text]}
        entity = {"name_en": text + " en", "name_zh": f"中{text}", "aliases": [text + " alias"], "paper_count": 3}
        entity |= {"first_seen": text, "last_seen": text}
        nodes += [Node(f"p{i}{text}", "Paper", text, paper | lists), Node(f"m{i}{text}", "Model", text, entity)]
        sentence = f"前文 {text} 后文"
        proof = EdgeEvidence(sentence, 3, 3 + len(text), text, 1, text, 0.5, text)
        about = {"confidence": 0.5, "count": 1, "first_seen": text, "value": text}
        edges.append(Edge(f"e{i}{text}", f"p{i}{text}", f"m{i}{text}", "USES", about, (proof,)))
    return nodes, edges


def _present(**attributes: Any) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value not in ("", [])}


@dataclass
class Visit:
    """A page that is open, with what it asked of the network and what it complained about."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def names(self) -> list[str]:
        """Names in the list view."""
        return list(self.page.locator("#list tbody .name").all_text_contents())

    def title(self) -> str:
        return str(self.page.text_content("#title"))

    def find(self, query: str) -> None:
        """Search, and go to the first hit."""
        self.page.fill("#search", query)
        self.page.wait_for_selector("#hits [role=option]")
        self.page.press("#search", "Enter")
        self.page.wait_for_selector("#panel mark")  # evidence comes a moment after the rest

    def hash(self) -> str:
        return str(self.page.evaluate("decodeURIComponent(location.hash)"))

    def until(self, expression: str, seconds: float = 10) -> None:
        """Wait until a JavaScript expression holds; the page's policy forbids Playwright's own way."""
        end = time.monotonic() + seconds
        while not self.page.evaluate(expression):
            assert time.monotonic() < end, f"{expression} did not come true"
            self.page.wait_for_timeout(20)
