"""Time to make the embedded store, and of each named query: cold and warm, beside a Neo4j server's.

    python benchmarks/query.py GRAPH [--uri bolt://localhost:7687] [--repeat 5]

GRAPH is the folder of a graph, such as one of the 28,778 papers; the server, with the password in NEO4J_PASSWORD, must
hold the same graph (`kg export neo4j --mentions`). Cold is a `kg query` command from start to end, warm the median of
a query that was asked before, its names looked up anew each time. Parameters are the defaults; a name that the graph
does not have gives way to the most used one of its type. Rows are compared where there is a server.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from common import kg, machine

from kg.errors import NameNotFoundError
from kg.query import connect
from kg.query.base import Engine, Named, Result
from kg.query.embedded_file import discard, file_of
from kg.query.named import NamedQuery, load_all
from kg.query.names import find
from kg.store import open_graph

BUILD_GOAL, COLD_GOAL, WARM_GOAL = 30.0, 2.0, 0.1


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that some work takes, and what it gives."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def warm(engine: Engine, query: NamedQuery, given: Mapping[str, Any], repeat: int) -> tuple[float, Result]:
    """Median seconds of a query that was asked before, and its answer."""

    def ask() -> Result:
        return engine.run(query.query(engine, given, timeout=120))

    ask()
    runs = [timed(ask) for _ in range(repeat)]
    return statistics.median(seconds for seconds, _ in runs), runs[-1][1]


def parameters(engine: Engine, query: NamedQuery, used: Sequence[Named]) -> dict[str, str] | None:
    """Names to ask for where the graph lacks the defaults, the most used ones first; None where it has none at all."""
    given: dict[str, str] = {}
    for parameter in query.parameters:
        if parameter.is_name and parameter.default:
            try:
                find(engine, parameter.default, parameter.types)
            except NameNotFoundError:
                fitting = (n.id for n in used if not parameter.types or n.type in parameter.types)
                name = next((n for n in fitting if n not in given.values()), None)
                if name is None:
                    return None
                given[parameter.name] = name
    return given


def cold(name: str, given: Mapping[str, str], folder: Path) -> float:
    """Seconds of a command of its own."""
    values = [part for n, value in given.items() for part in ("-p", f"{n}={value}")]
    command = [str(part) for part in kg("query", f"@{name}", *values, "--json", "--embedded", "-g", folder)]
    return timed(lambda: subprocess.run(command, check=True, capture_output=True))[0]


def mark(seconds: float, goal: float) -> str:
    """Whether a goal is reached."""
    return " " if seconds <= goal else "!"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", type=Path)
    parser.add_argument("--uri", default="", help="a server with the same graph")
    parser.add_argument("--username", default=os.environ.get("NEO4J_USERNAME", "neo4j"))
    parser.add_argument("--database", default=os.environ.get("NEO4J_DATABASE", ""))
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()

    print(f"{machine()}, ladybug {version('ladybug')}, neo4j driver {version('neo4j')}")
    with open_graph(options.graph) as graph:
        discard(graph)
        print(", ".join(f"{count:,} {name}" for name, count in graph.manifest["rows"].items() if count))
        engine = connect(options.graph)
        seconds, _ = timed(lambda: engine.named("build it"))
        size = file_of(graph).stat().st_size / 1e6
    print(f"embedded store made in {seconds:.1f} s{mark(seconds, BUILD_GOAL)} ({size:.0f} MB; goal {BUILD_GOAL:.0f} s)")
    server = None
    if options.uri:
        password = os.environ.get("NEO4J_PASSWORD", "")
        server = connect(
            options.graph, uri=options.uri, username=options.username, password=password, database=options.database
        )
        print(f"server: {server.run_quietly('CALL dbms.components() YIELD name, versions RETURN name, versions')}")

    print(f"{'query':<24} {'rows':>5} {'cold ms':>8} {'warm ms':>8} {'server ms':>10}  rows")
    used = sorted(engine.names(), key=lambda n: (-n.paper_count, n.id))
    worst_cold = worst_warm = 0.0
    for name, query in load_all().items():
        given = parameters(engine, query, used)
        if given is None:
            print(f"{name:<24} the graph has nothing of that type")
            continue
        once = cold(name, given, options.graph)
        again, result = warm(engine, query, given, options.repeat)
        worst_cold, worst_warm = max(worst_cold, once), max(worst_warm, again)
        line = f"{name:<24} {len(result.rows):>5} {once * 1000:>7.0f}{mark(once, COLD_GOAL)} "
        line += f"{again * 1000:>7.1f}{mark(again, WARM_GOAL)}"
        if server is not None:
            there, other = warm(server, query, given, options.repeat)
            line += f" {there * 1000:>10.1f}  {'same' if other.rows == result.rows else 'DIFFERENT'}"
        print(line, flush=True)
    print(f"worst: cold {worst_cold:.2f} s (goal {COLD_GOAL:.0f} s), warm {worst_warm * 1000:.0f} ms (goal 100 ms)")


if __name__ == "__main__":
    main()
