"""Cypher on the graph: embedded, or on a Neo4j server; queries by name; a shell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.query.base import Engine


def connect(
    folder: Path,
    *,
    uri: str = "",
    username: str = "neo4j",
    password: str = "",
    database: str = "",
    building: Callable[[], None] = lambda: None,
) -> Engine:
    """The engine to ask: the server of an address, else the graph in a folder.

    Parameters
    ----------
    folder : Path
        The graph folder.
    uri : str
        Address of a Neo4j server; without one the graph itself is asked.
    username, password, database : str
        How to log in to the server; its home database if none is named.
    building : callable
        Called before the embedded store is made, which takes some seconds.

    Raises
    ------
    KgError
        There is no graph, or the server cannot be reached.
    """
    if uri:
        from kg.export.neo4j.server import Server
        from kg.query.server import ServerEngine

        return ServerEngine(Server(uri, username, password, database))
    from kg.query.embedded import Embedded
    from kg.store import open_graph

    open_graph(folder).close()
    return Embedded(folder, building)
