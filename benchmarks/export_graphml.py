"""Time and peak memory of the GraphML export beside networkx's writer on lxml, in one run.

    python benchmarks/export_graphml.py [GRAPH] [--nodes N] [--edges M] [--repeat R]

Without the folder of a graph a synthetic one is used, of 100,000 nodes and 300,000 edges by default.
Each writer runs in a process of its own; the memory is what writing adds to the peak.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import networkx as nx

from kg.export.base import GraphView, replacing
from kg.export.graphml import edge_data, keys, node_data, write
from kg.records import Edge, EdgeEvidence, Node
from kg.schema import schema


class SyntheticGraph:
    """Papers that use models, made as they are read."""

    def __init__(self, nodes: int, edges: int) -> None:
        self.papers = max(1, nodes // 3)
        self.models = max(1, nodes - self.papers)
        self.count = edges

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Nothing to tell."""
        return {}

    def nodes(self) -> Iterator[Node]:
        """Models, then papers."""
        for i in range(self.models):
            aliases = [f"模型{i}", f"Model {i}", f"model-{i}"]
            attributes = {
                "name_en": f"Model {i}",
                "name_zh": f"模型{i}",
                "aliases": aliases,
                "paper_count": i % 97,
            }
            yield Node(f"m{i:08}", "Model", f"Model {i}", attributes)
        for i in range(self.papers):
            title = f"Model {i}: Learning to Restore Images & Video with <{i}> Steps"
            attributes = {
                "title": title,
                "title_zh": f"模型{i}：学习恢复图像",
                "date": f"2024-{i % 12 + 1:02}-01",
            }
            yield Node(f"p{i:08}", "Paper", title, attributes)

    def edges(self, evidence: bool = True) -> Iterator[Edge]:
        """One piece of evidence each."""
        for i in range(self.count):
            source, target = f"p{i % self.papers:08}", f"m{i * 7919 % self.models:08}"
            sentence = f"该方法以 Model {i * 7919 % self.models} 为骨干，在第 {i} 组实验中取得更好的结果。"
            proof = EdgeEvidence(sentence, 5, 12, "方法", i % 500 + 1, "lexicon", 0.8, f"2024-{i % 12 + 1:02}.md")
            attributes = {
                "confidence": 0.8,
                "count": 1,
                "first_seen": "2024-01-01",
                "last_seen": "2024-01-01",
            }
            yield Edge(f"e{i:08}", source, target, "USES", attributes, (proof,) if evidence else ())


def networkx_graph(graph: GraphView) -> nx.MultiDiGraph:
    """Return the graph with the attributes that our writer gives it, typed as our keys declare them."""
    casts: dict[str, Callable[[str], Any]] = {"string": str, "int": int, "double": float}
    typed = {(kind, name): casts[graphml_type] for kind, name, graphml_type in keys(schema())}

    def values(kind: str, data: Iterator[tuple[str, str]]) -> dict[str, Any]:
        return {name: typed[kind, name](text) for name, text in data if (kind, name) in typed}

    made = nx.MultiDiGraph()
    for node in graph.nodes():
        made.add_node(node.id, **values("node", node_data(node, schema().nodes[node.type].attributes.values())))
    for edge in graph.edges():
        declared = schema().edges[edge.type].attributes.values()
        made.add_edge(edge.source, edge.target, edge.id, **values("edge", edge_data(edge, declared)))
    return made


def ours(graph: GraphView, path: Path) -> Callable[[], None]:
    """Prepare our export."""

    def run() -> None:
        with replacing(path) as (file,):
            write(graph, file)

    return run


def networkx_lxml(graph: GraphView, path: Path) -> Callable[[], None]:
    """Prepare networkx's writer, its graph in memory."""
    made = networkx_graph(graph)
    return lambda: nx.write_graphml_lxml(made, str(path), named_key_ids=True)


WRITERS = {"kg export graphml": ours, "networkx, lxml": networkx_lxml}


def open_graph(options: argparse.Namespace) -> GraphView:
    """Open the graph that the command line asks for."""
    if options.graph is None:
        return SyntheticGraph(options.nodes, options.edges)
    from kg.store import open_graph as open_folder

    return open_folder(options.graph)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Run one writer in this process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.graphml"
        run = WRITERS[options.writer](open_graph(options), path)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        run()
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {"seconds": seconds, "peak": peak, "added": peak - before, "bytes": path.stat().st_size}


def machine() -> str:
    """Describe the machine and the versions."""
    info = Path("/proc/cpuinfo")
    models = [line.partition(": ")[2] for line in info.read_text().splitlines() if line.startswith("model name")]
    name = models[0] if info.exists() and models else platform.machine()
    packages = ", ".join(f"{package} {version(package)}" for package in ("lxml", "networkx", "kg-digests"))
    return f"{name}, {len(models)} cores; {platform.system()}; Python {platform.python_version()}, {packages}"


def main() -> None:
    """Run each writer in turn and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", type=Path, nargs="?", help="folder of a graph")
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--edges", type=int, default=300_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--writer", choices=WRITERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.writer:
        print(json.dumps(measure(options)))
        return

    print(machine())
    print(options.graph or f"synthetic graph of {options.nodes:,} nodes and {options.edges:,} edges")
    print(f"{'writer':<20} {'best s':>7} {'all s':>20} {'file MB':>8} {'peak MB':>8} {'added MB':>9}")
    best: dict[str, float] = {}
    runs: dict[str, list[dict[str, Any]]] = {writer: [] for writer in WRITERS}
    for _ in range(options.repeat):
        for writer in WRITERS:
            command = [sys.executable, __file__, *sys.argv[1:], "--writer", writer]
            output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            runs[writer].append(json.loads(output))
    for writer, results in runs.items():
        seconds = [result["seconds"] for result in results]
        best[writer] = min(seconds)
        peak, added = (max(result[key] for result in results) / 1024 for key in ("peak", "added"))
        shown = " ".join(f"{s:.2f}" for s in seconds)
        size = results[0]["bytes"] / 1e6
        print(f"{writer:<20} {min(seconds):>7.2f} {shown:>20} {size:>8.1f} {peak:>8.1f} {added:>9.1f}")
    print(f"{best['networkx, lxml'] / best['kg export graphml']:.1f} times as fast as networkx with lxml")


if __name__ == "__main__":
    main()
