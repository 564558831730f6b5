"""How fast `kg export neo4j` loads a graph: the first time, again without changes, and beside neo4j-graphrag's writer.

    python benchmarks/neo4j_load.py GRAPH [--papers N] [--graphrag PYTHON]

GRAPH is the folder of a graph. With `--graphrag`, a Python that has `neo4j-graphrag` installed, both writers load the
same rows (those of the first N papers), each into a new server of its own; its writer needs APOC, which Maven fetches.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from common import ROOT, machine

from kg.export.base import GraphView
from kg.export.neo4j.load import load
from kg.export.neo4j.model import model
from kg.export.neo4j.report import Report
from kg.export.neo4j.server import Server
from kg.export.neo4j.transactions import Settings
from kg.export.neo4j.values import Row, edge_rows, node_rows
from kg.records import Edge, Node
from kg.schema import schema
from kg.store import Selection, open_graph

sys.path.insert(0, str(ROOT / "scripts"))
import neo4j_server

_APOC = (
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>kg</groupId>'
    "<artifactId>apoc</artifactId><version>1</version><packaging>pom</packaging><dependencies>"
    + "".join(
        f"<dependency><groupId>org.neo4j.procedure</groupId><artifactId>{name}</artifactId><version>5.26.0</version>"
        "<scope>runtime</scope></dependency>"
        for name in ("apoc-core", "apoc-common")
    )
    + "</dependencies></project>"
)


@dataclass(frozen=True)
class Part:
    """A part of a graph in memory, so that both writers start from there."""

    all_nodes: list[Node]
    all_edges: list[Edge]

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Nothing to tell."""
        return {}

    def nodes(self) -> Iterator[Node]:
        """Nodes of the part."""
        return iter(self.all_nodes)

    def edges(self, evidence: bool = True) -> Iterator[Edge]:
        """Edges of the part."""
        return iter(self.all_edges)


def first_papers(graph: GraphView, count: int) -> Part:
    """The first papers of a graph, what they link to, and the relationships among these."""
    papers = {n.id for n in islice((n for n in graph.nodes() if n.type == "Paper"), count)}
    kept = papers | {e.target for e in graph.edges(evidence=False) if e.source in papers}
    edges = [e for e in graph.edges() if e.source in kept and e.target in kept]
    return Part([n for n in graph.nodes() if n.id in kept], edges)


@contextmanager
def new_server(apoc: Path | None = None) -> Iterator[neo4j_server.Server]:
    """Run a server with an empty database."""
    with tempfile.TemporaryDirectory(prefix="kg-neo4j-") as folder:
        server = neo4j_server.new_server(Path(folder))
        try:
            for jar in apoc.glob("*.jar") if apoc else ():
                (Path(folder) / "plugins" / jar.name).write_bytes(jar.read_bytes())
            server.start()
            yield server
        finally:
            server.remove()


def timed(graph: GraphView, process: neo4j_server.Server) -> tuple[Report, dict[str, float]]:
    """Load a graph; return what was done and the seconds it took, in all and by stage."""
    moments = {"start": time.perf_counter()}

    def progress(stage: str, done: int, total: int) -> None:
        moments[stage] = time.perf_counter()

    report = load(graph, Server(process.uri, "neo4j", process.password, "neo4j"), Settings(), progress)
    nodes, edges = moments["nodes"] - moments["start"], moments["relations"] - moments["nodes"]
    return report, {"all": time.perf_counter() - moments["start"], "nodes": nodes, "relations": edges}


def first_and_again(graph: GraphView) -> None:
    """Time a first load and a reload."""
    with new_server() as process:
        report, first = timed(graph, process)
        nodes, edges = report.total("created", "node"), report.total("created", "relationship")
        print(f"first load: {nodes:,} nodes, {edges:,} relationships in {first['all']:.1f} s")
        print(f"  nodes {nodes / first['nodes']:,.0f}/s with constraints and indexes", end=", ")
        print(f"relationships {edges / first['relations']:,.0f}/s")
        report, again = timed(graph, process)
        if report.changed:
            sys.exit("the reload changed something")
        print(f"reload without changes: {again['all']:.1f} s, 1/{first['all'] / again['all']:.1f} of the first load")


def write_rows(graph: GraphView, path: Path) -> tuple[int, int]:
    """Write the rows of a graph for the other writer; return how many nodes and relationships."""
    statements = model(schema())
    counts = [0, 0]
    with path.open("w", encoding="utf-8") as file:
        for kind, rows in enumerate((node_rows(graph.nodes(), statements), edge_rows(graph.edges(), statements))):
            for row in rows:
                table = (statements.nodes, statements.edges)[kind][row.type]
                file.write(json.dumps([row.type, row.key, _properties(row, table.properties)]) + "\n")
                counts[kind] += 1
    return counts[0], counts[1]


def _properties(row: Row, names: tuple[str, ...]) -> dict[str, Any]:
    found = {name: value for name, value in zip(names, row.values(), strict=True) if value is not None}
    return {"graph": "kg", "id": row.id, "kg_hash": row.digest, "kg_run": "benchmark", **found}


def side_by_side(graph: GraphView, python: str) -> None:
    """Load the same rows with both writers."""
    with tempfile.TemporaryDirectory() as folder:
        project, apoc, rows = (Path(folder) / name for name in ("pom.xml", "apoc", "rows.jsonl"))
        project.write_text(_APOC, encoding="utf-8")
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={apoc}"]
        subprocess.run(["mvn", "-B", "-q", "-f", project, *goal], check=True, stdout=subprocess.DEVNULL)
        nodes, edges = write_rows(graph, rows)
        print(f"side by side: {nodes:,} nodes, {edges:,} relationships, a new server each")
        with new_server(apoc) as process:
            ours = timed(graph, process)[1]["all"]
        with new_server(apoc) as process:
            command = [python, ROOT / "benchmarks" / "neo4j_graphrag_writer.py", rows, process.uri]
            done = subprocess.run(command, input=process.password, capture_output=True, text=True, check=True)
            theirs = json.loads(done.stdout)
    for name, seconds in (("kg export neo4j", ours), (theirs["writer"], theirs["seconds"])):
        print(f"  {name:<32} {seconds:7.1f} s  {(nodes + edges) / seconds:8,.0f} rows/s")
    print(f"  {theirs['seconds'] / ours:.1f} times as fast")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", type=Path, help="folder of a graph")
    parser.add_argument("--papers", type=int, default=2_000, help="papers for the side by side")
    parser.add_argument("--graphrag", metavar="PYTHON", help="a Python with neo4j-graphrag")
    parser.add_argument("--only-side-by-side", action="store_true", help="leave out the load of the whole graph")
    options = parser.parse_args()
    print(machine())
    print(f"Neo4j {neo4j_server.VERSION} Community")
    with open_graph(options.graph) as whole, whole.select(Selection(mentions=True)) as graph:
        if not options.only_side_by_side:
            first_and_again(graph)
        if options.graphrag:
            side_by_side(first_papers(graph, options.papers), options.graphrag)


if __name__ == "__main__":
    main()
