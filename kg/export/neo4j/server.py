"""The way to a server, and what its refusals mean."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kg.errors import InputError, KgError

if TYPE_CHECKING:
    from neo4j import Driver, Session

_SCHEMES = tuple(f"{scheme}{security}" for scheme in ("neo4j", "bolt") for security in ("", "+s", "+ssc"))
_CONNECT_SECONDS = 10.0
_RETRY_SECONDS = 30.0


class ServerError(KgError):
    """The Neo4j server cannot do what it was asked to."""

    exit_code = 8


class NoServerError(ServerError):
    """No server answers at the address."""


class LoginError(ServerError):
    """The server does not let this user in, or not do this."""


class NoDatabaseError(ServerError):
    """The server has no such database."""


class ServerLostError(ServerError):
    """The server went away while it was in use."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server is and who asks; `database` is "" for the user's home database."""

    uri: str
    username: str
    password: str = field(repr=False)
    database: str = ""

    def __str__(self) -> str:
        return f"{self.uri}, database {self.database}" if self.database else self.uri

    def session(self, driver: Driver) -> Session:
        """Open a session on the database; each sees what the others wrote, in a cluster too."""
        seen = driver.execute_query_bookmark_manager
        return driver.session(database=self.database or None, fetch_size=10_000, bookmark_manager=seen)


def checked_uri(uri: str) -> str:
    """Return a server's address as it was given.

    Raises
    ------
    InputError
        It is none, or it holds a password.
    """
    if not uri:
        raise InputError("no Neo4j server was named: give --uri neo4j://HOST:7687, or set NEO4J_URI.")
    parts = urlsplit(uri)
    if "@" in parts.netloc:
        raise InputError("the server's address must hold no password: set NEO4J_USERNAME and NEO4J_PASSWORD instead.")
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise InputError(
            f"{uri!r} is no address of a Neo4j server: write neo4j://HOST:7687 (or {', '.join(_SCHEMES)})."
        )
    return uri


@contextmanager
def connected(server: Server) -> Iterator[Driver]:
    """Connect to a server; what goes wrong within the block comes out as one sentence.

    Raises
    ------
    ServerError
        One of its kinds, by what happened.
    """
    from neo4j import GraphDatabase
    from neo4j.exceptions import ConfigurationError, Neo4jError, ServiceUnavailable, SessionExpired

    # A retry is no news, and whatever matters is raised.
    logging.getLogger("neo4j").addHandler(logging.NullHandler())
    reached = False
    try:
        with GraphDatabase.driver(
            checked_uri(server.uri),
            auth=(server.username, server.password),
            connection_timeout=_CONNECT_SECONDS,
            max_transaction_retry_time=_RETRY_SECONDS,
            notifications_min_severity="OFF",
        ) as driver:
            with server.session(driver) as session:
                # The first answer of the database itself, without the retries of a transaction function.
                session.run("RETURN 1").consume()
            reached = True
            yield driver
    except Neo4jError as error:
        raise explained(error, server) from error
    except (ConfigurationError, ValueError) as error:
        if reached:
            raise
        raise InputError(f"the driver cannot use {server.uri}: {error}.") from error
    except (ServiceUnavailable, SessionExpired, OSError) as error:
        if reached:
            raise ServerLostError(
                f"the server at {server.uri} went away in the middle of the work: when it is up again, run the same "
                "command again, which completes what was begun."
            ) from error
        raise NoServerError(
            f"no Neo4j server answers at {server.uri}: start one (docker compose up -d --wait), or correct --uri or "
            "NEO4J_URI."
        ) from error


def explained(error: Exception, server: Server) -> KgError:
    """Return a refusal of the server as the error it means to a user."""
    code, message = str(getattr(error, "code", "") or ""), str(getattr(error, "message", "") or error)
    if code.endswith(("Security.Unauthorized", "Security.CredentialsExpired", "Security.AuthenticationRateLimit")):
        wait = " (it is tired of wrong passwords: wait a few seconds)" if code.endswith("RateLimit") else ""
        return LoginError(
            f"the server at {server.uri} refuses the user {server.username!r}{wait}: correct NEO4J_USERNAME and "
            "NEO4J_PASSWORD."
        )
    if code.endswith("Security.Forbidden"):
        return LoginError(
            f"the user {server.username!r} may not do this at {server}: it needs the right to read, to write and to "
            "make constraints and indexes."
        )
    if code.endswith(("Database.DatabaseNotFound", "Database.DatabaseUnavailable")):
        return NoDatabaseError(
            f"the server at {server.uri} has no database {server.database or 'of that name'} that is online: SHOW "
            "DATABASES lists those it has; name one with --database."
        )
    return ServerError(f"the server at {server} refuses: {' '.join(message.split()).rstrip('.')} ({code}).")
