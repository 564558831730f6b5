"""One load at a time: the node of a graph is leased to the load that writes it.

A load renews its lease all the time, and again with every batch in the batch's own transaction: a load that lost it
cannot write. The lease of a load that was killed runs out, and the next load takes it over.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import BusyError
from kg.export.neo4j.model import FENCE, GRAPH

if TYPE_CHECKING:
    from neo4j import ManagedTransaction, Session, Transaction

SECONDS = 30.0
_POLL_SECONDS = 0.25
_BEAT_SECONDS = 2.0

# The first SET takes the lock, so that what is read after it is what the last load left.
_CLAIM = f"""
MERGE (g:{GRAPH} {{name: $graph}}) SET g.turn = $run REMOVE g.turn
WITH g, datetime.realtime().epochMillis AS now
WITH g, now, g.run IS NULL OR g.run = $run OR g.lease < now AS free
FOREACH (_ IN CASE WHEN free THEN [1] ELSE [] END |
    SET g.run = $run, g.lease = now + $milliseconds, g.holder = $holder, g.complete = false)
RETURN free, g.run AS run, g.lease AS lease, g.holder AS holder
"""
_RENEW = f"{FENCE} RETURN count(g) AS renewed"
_RELEASE = f"MATCH (g:{GRAPH} {{name: $graph}}) WHERE g.run = $run REMOVE g.run, g.lease, g.holder"
_COMPLETE = f"MATCH (g:{GRAPH} {{name: $graph}}) WHERE g.run = $run SET g += $about, g.complete = true"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one load to write one graph."""

    graph: str
    run: str
    seconds: float = SECONDS

    def renew(self, transaction: ManagedTransaction | Transaction) -> None:
        """Renew the lease as a part of a transaction.

        Raises
        ------
        BusyError
            Another load has it now.
        """
        record = transaction.run(_RENEW, **self.parameters()).single(strict=True)
        if not record["renewed"]:
            raise BusyError(
                f"another load took over the graph {self.graph!r}, since this one was silent for too long: "
                "let it end, then run the same command again."
            )

    def complete(self, transaction: ManagedTransaction, about: dict[str, Any]) -> None:
        """Note that the graph is whole, and what is known about it."""
        transaction.run(_COMPLETE, about=about, **self.parameters())

    def claim(self, transaction: ManagedTransaction) -> dict[str, Any]:
        """Take the lease if it is free; return whether it was, and whose it is."""
        holder = f"{socket.gethostname()}, process {os.getpid()}"
        return transaction.run(_CLAIM, holder=holder, **self.parameters()).single(strict=True).data()

    def release(self, transaction: Transaction) -> None:
        """Give the lease back."""
        transaction.run(_RELEASE, **self.parameters())

    def parameters(self) -> dict[str, Any]:
        """Return what `FENCE` asks for."""
        return {"graph": self.graph, "run": self.run, "milliseconds": int(self.seconds * 1000)}


@contextmanager
def leased(sessions: Callable[[], Session], lease: Lease, wait: float = 0.0) -> Iterator[None]:
    """Hold a lease for a block.

    Parameters
    ----------
    sessions : callable
        Opens a session.
    lease : Lease
        What to hold.
    wait : float
        Seconds to wait for a load that is at work, forever if negative. The lease of one that no longer renews it is
        always waited for.

    Raises
    ------
    BusyError
        Another load is at work.
    """
    with sessions() as session:
        _acquire(session, lease, wait)
    ended = threading.Event()
    beating = threading.Thread(target=_beat, args=(sessions, lease, ended), name="kg-neo4j-lease", daemon=True)
    beating.start()
    try:
        yield
    finally:
        ended.set()
        beating.join()
        # Without a server the lease runs out by itself.
        with suppress(*_failures()), sessions() as session, session.begin_transaction() as last:
            lease.release(last)
            last.commit()


def _beat(sessions: Callable[[], Session], lease: Lease, ended: threading.Event) -> None:
    """Renew a lease again and again, however long the load thinks; if that fails the next batch will tell."""
    while not ended.wait(min(_BEAT_SECONDS, lease.seconds / 4)):
        with suppress(*_failures(), BusyError), sessions() as session, session.begin_transaction() as beat:
            lease.renew(beat)
            beat.commit()


def _failures() -> tuple[type[Exception], ...]:
    from neo4j.exceptions import DriverError, Neo4jError

    return DriverError, Neo4jError, OSError


def _acquire(session: Session, lease: Lease, wait: float) -> None:
    start = time.monotonic()
    first: tuple[str, int] | None = None
    while True:
        found = session.execute_write(lease.claim)
        if found["free"]:
            return
        seen = (found["run"], found["lease"])
        first = first or seen
        if seen != first and 0 <= wait <= time.monotonic() - start:
            raise BusyError(
                f"another load is writing the graph {lease.graph!r} to this database ({found['holder']}): wait for it "
                "(--wait does that for you), or give this graph another --graph-name."
            )
        time.sleep(_POLL_SECONDS)
