"""The other side of `neo4j_load.py`: neo4j-graphrag's Neo4jWriter on the same rows, in an environment of its own.

PYTHON benchmarks/neo4j_graphrag_writer.py ROWS URI < PASSWORD
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

from neo4j import GraphDatabase
from neo4j_graphrag.components.kg_writer import Neo4jWriter
from neo4j_graphrag.components.types import Neo4jGraph, Neo4jNode, Neo4jRelationship


def graph(path: Path) -> Neo4jGraph:
    """Read the rows."""
    found = Neo4jGraph()
    with path.open(encoding="utf-8") as file:
        for kind, key, properties in map(json.loads, file):
            if len(key) == 1:
                found.nodes.append(Neo4jNode(id=key[0], label=kind, properties=properties))
            else:
                _, start, end = key
                found.relationships.append(
                    Neo4jRelationship(start_node_id=start, end_node_id=end, type=kind, properties=properties)
                )
    return found


def main() -> None:
    """Write the rows and print how long that took."""
    rows = graph(Path(sys.argv[1]))
    with GraphDatabase.driver(sys.argv[2], auth=("neo4j", sys.stdin.readline().strip())) as driver:
        writer = Neo4jWriter(driver, neo4j_database="neo4j")
        start = time.perf_counter()
        done = asyncio.run(writer.run(rows))
        seconds = time.perf_counter() - start
        counted = driver.execute_query(
            "MATCH (n) WITH count(n) AS nodes MATCH ()-[r]->() RETURN nodes, count(r)", database_="neo4j"
        ).records[0]
    if done.status != "SUCCESS" or list(counted) != [len(rows.nodes), len(rows.relationships)]:
        sys.exit(f"{done}: {list(counted)}")
    print(json.dumps({"writer": f"neo4j-graphrag {version('neo4j-graphrag')}", "seconds": seconds}))


if __name__ == "__main__":
    main()
