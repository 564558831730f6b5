"""Get, start and stop a real Neo4j Community server, for tests, benchmarks and a first look.

    python scripts/neo4j_server.py get
    python scripts/neo4j_server.py run                      # until Ctrl-C; says how to connect
    python scripts/neo4j_server.py run -- kg export neo4j   # for one command, with NEO4J_URI and so on set

Runs in Docker where an engine answers, else on Java 17 or 21 with artifacts that Maven fetches once into a cache
(`KG_NEO4J_CACHE`, else `$XDG_CACHE_HOME/kg`, else `~/.cache/kg`). The server listens on a free loopback port, has a
random password, and its data stand in a temporary folder that goes with it unless `--data` names one.
"""

# ruff: noqa: S603, S607 - commands of this script's own, found on the path

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

VERSION = "5.26.29"
DATABASE = "neo4j"
_ARTIFACTS = (("org.neo4j", "neo4j"), ("org.neo4j.app", "neo4j-server"), ("org.neo4j", "neo4j-import-tool"))
_FOLDERS = ("conf", "data", "logs", "run", "import", "plugins")
_OPENS = tuple(
    f"--add-opens=java.base/{package}=ALL-UNNAMED"
    for package in ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
)
# For a process that ends before thorough compiling would pay.
_BRIEF = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_START_SECONDS = 120


class ServerUnavailableError(Exception):
    """No server can be had on this machine; the message says what is missing and how to get it."""


class Server(ABC):
    """A Neo4j server of our own. `start`, `stop` and `kill` may be called in turn; the data stay until `remove`."""

    def __init__(self, folder: Path, port: int | None = None, password: str = "") -> None:
        self.folder = folder
        self.port = port or free_port()
        self.password = password or secrets.token_hex(12)

    @property
    def uri(self) -> str:
        """Where the server listens."""
        return f"bolt://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a client needs to know."""
        return {"NEO4J_URI": self.uri, "NEO4J_USERNAME": "neo4j", "NEO4J_PASSWORD": self.password}

    def start(self) -> None:
        """Start the server and return when it answers."""
        self._launch()
        wait_until_ready(self)

    @abstractmethod
    def admin(self, *arguments: str, folder: Path | None = None) -> None:
        """Run `neo4j-admin` with these arguments in a folder; the server must not be running."""

    @abstractmethod
    def alive(self) -> bool:
        """Whether the process runs."""

    @abstractmethod
    def stop(self) -> None:
        """End the server in good order, which takes some ten seconds."""

    @abstractmethod
    def kill(self) -> None:
        """End the server at once, as a power cut would."""

    @abstractmethod
    def log(self) -> str:
        """What the server said."""

    @abstractmethod
    def _launch(self) -> None: ...

    def remove(self) -> None:
        """End the server and delete its data."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class JavaServer(Server):
    """A server on this machine's Java."""

    def __init__(
        self, folder: Path, library: Path, port: int | None = None, password: str = "", brief: bool = False
    ) -> None:
        super().__init__(folder, port, password)
        self.library = library
        self._machine = _BRIEF if brief else ()
        self._process: subprocess.Popen[bytes] | None = None
        for name in _FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "conf" / "neo4j.conf").write_text(configuration(folder, self.port), encoding="utf-8")
        self.admin("dbms", "set-initial-password", self.password)

    def admin(self, *arguments: str, folder: Path | None = None) -> None:
        """Run `neo4j-admin` with these arguments in a folder; the server must not be running."""
        command = self._java(["-Xmx1g", *_BRIEF, "-cp", self._classpath, "org.neo4j.cli.AdminTool", *arguments])
        done = subprocess.run(command, env=self._environment, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ServerUnavailableError(f"neo4j-admin {' '.join(arguments[:2])} failed: {done.stdout}{done.stderr}")

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End the server in good order, which takes some ten seconds."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the server at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def log(self) -> str:
        """What the server said."""
        path = self.folder / "logs" / "console.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def _launch(self) -> None:
        arguments = [
            *("-Xms256m", "-Xmx1g", *self._machine, "-Dfile.encoding=UTF-8", "-Dlog4j2.disable.jmx=true"),
            *("-cp", f"{self._classpath}{os.pathsep}{self.folder / 'plugins'}/*", main_class(VERSION)),
            *(f"--home-dir={self.folder}", f"--config-dir={self.folder / 'conf'}", "--console-mode"),
        ]
        with (self.folder / "logs" / "console.log").open("ab") as log:
            # A session of its own: a Ctrl-C in the terminal is for the client.
            self._process = subprocess.Popen(
                self._java(arguments), env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def _end(self, signal_number: int) -> None:
        if self._process is not None:
            if self._process.poll() is None:
                self._process.send_signal(signal_number)
            self._process.wait()
            self._process = None

    @property
    def _classpath(self) -> str:
        return f"{self.library}/*"

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "NEO4J_HOME": str(self.folder), "NEO4J_CONF": str(self.folder / "conf")}

    @staticmethod
    def _java(arguments: Sequence[str]) -> list[str]:
        return [java_command(), *_OPENS, *arguments]


class DockerServer(Server):
    """A server in a container."""

    def __init__(self, folder: Path, image: str, port: int | None = None, password: str = "") -> None:
        super().__init__(folder, port, password)
        self.image = image
        self.name = f"kg-neo4j-{secrets.token_hex(6)}"
        (folder / "data").mkdir(parents=True, exist_ok=True)

    def admin(self, *arguments: str, folder: Path | None = None) -> None:
        """Run `neo4j-admin` in a container of its own, which sees the folder under its own name."""
        place = ("--volume", f"{folder}:{folder}", "--workdir", str(folder)) if folder else ()
        self._docker("run", "--rm", *self._user, *self._data, *place, self.image, "neo4j-admin", *arguments)

    def alive(self) -> bool:
        """Whether the container runs."""
        return bool(self._docker("ps", "--quiet", "--filter", f"name=^{self.name}$").strip())

    def stop(self) -> None:
        """End the server in good order, which takes some ten seconds."""
        self._end("stop", "--time", "60")

    def kill(self) -> None:
        """End the server at once, as a power cut would."""
        self._end("kill")

    def log(self) -> str:
        """What the server said."""
        return self._docker("logs", self.name) if self.alive() else ""

    def _launch(self) -> None:
        self._docker(
            *("run", "--detach", "--name", self.name, "--publish", f"127.0.0.1:{self.port}:7687"),
            *(*self._user, *self._data, "--env", "NEO4J_AUTH", "--env", "NEO4J_server_memory_heap_max__size=1G"),
            self.image,
            # By name only, so that the password stands on no command line.
            NEO4J_AUTH=f"neo4j/{self.password}",
        )

    def _end(self, *how: str) -> None:
        if self.alive():
            self._docker(*how, self.name)
        subprocess.run(["docker", "rm", "--force", self.name], capture_output=True, check=False)

    @property
    def _data(self) -> tuple[str, str]:
        return "--volume", f"{self.folder / 'data'}:/data"

    @property
    def _user(self) -> tuple[str, str]:
        return "--user", f"{os.getuid()}:{os.getgid()}"

    @staticmethod
    def _docker(*arguments: str, **environment: str) -> str:
        done = subprocess.run(
            ["docker", *arguments], env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ServerUnavailableError(f"docker {arguments[0]} failed: {done.stderr.strip()}")
        return done.stdout


def configuration(folder: Path, port: int) -> str:
    """Return the text of `neo4j.conf`: small, on the loopback interface only, nothing sent anywhere."""
    settings = {f"server.directories.{name}": str(folder / name) for name in _FOLDERS if name != "conf"} | {
        "server.bolt.listen_address": f"127.0.0.1:{port}",
        "server.bolt.advertised_address": f"127.0.0.1:{port}",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "server.memory.pagecache.size": "128m",
        "db.tx_log.preallocate": "false",
        "dbms.security.auth_enabled": "true",
        "dbms.usage_report.enabled": "false",
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def main_class(version: str) -> str:
    """Return the Java class that a server of a version starts with."""
    calendar = int(version.partition(".")[0]) >= 2025
    return f"org.neo4j.server.{'Neo4jCommunity' if calendar else 'CommunityEntryPoint'}"


def pom(version: str) -> str:
    """Return a Maven project that depends on the server and nothing else."""
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version>"
        "<scope>runtime</scope></dependency>"
        for group, artifact in _ARTIFACTS
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>kg</groupId>'
        f"<artifactId>neo4j-runtime</artifactId><version>1</version><packaging>pom</packaging>"
        f"<dependencies>{dependencies}</dependencies></project>\n"
    )


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def java_command() -> str:
    """Return the Java of `JAVA_HOME`, else the one on the path.

    Raises
    ------
    ServerUnavailableError
        There is none, or it is no version that the server runs on.
    """
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    how = "install it (Debian: apt-get install openjdk-17-jre-headless maven; macOS: brew install openjdk@21 maven)"
    if java is None:
        raise ServerUnavailableError(f"Neo4j needs Java 17 or 21 and there is none here: {how}, or start Docker.")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    if found is None or int(found[1]) < 17:
        raise ServerUnavailableError(f"Neo4j needs Java 17 or 21 and {java} is another: {how}, or set JAVA_HOME.")
    return java


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Return where downloads are kept."""
    if environment.get("KG_NEO4J_CACHE"):
        return Path(environment["KG_NEO4J_CACHE"])
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kg"


def get(version: str = VERSION) -> Path:
    """Return the folder of the server's jars, fetched with Maven if they are not there yet.

    Raises
    ------
    ServerUnavailableError
        Java or Maven is missing, or the download failed.
    """
    java_command()
    library = cache_folder(os.environ) / f"neo4j-{version}"
    if library.is_dir():
        return library
    maven = shutil.which("mvn")
    if maven is None:
        raise ServerUnavailableError(
            "Maven fetches the Neo4j server and there is none here: install it (Debian: apt-get install maven; "
            "macOS: brew install maven), or start Docker."
        )
    library.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=library.parent) as folder:
        project, jars = Path(folder) / "pom.xml", Path(folder) / "lib"
        project.write_text(pom(version), encoding="utf-8")
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={jars}"]
        done = subprocess.run([maven, "-B", "-q", "-f", project, *goal], capture_output=True, text=True, check=False)
        if done.returncode:
            raise ServerUnavailableError(f"Maven cannot fetch Neo4j {version}: {done.stdout[-800:].strip()}")
        try:
            jars.rename(library)
        except OSError:
            # Another process was faster.
            if not library.is_dir():
                raise
    return library


def docker_image(version: str = VERSION) -> str | None:
    """Return the image of a version if a Docker engine answers and has it or can pull it."""
    image = f"neo4j:{'.'.join(version.split('.')[:2])}-community"
    if shutil.which("docker") is None:
        return None
    for command in (["info"], ["pull", "--quiet", image]):
        if subprocess.run(["docker", *command], capture_output=True, check=False).returncode:
            return None
    return image


def wait_until_ready(server: Server, seconds: float = _START_SECONDS) -> None:
    """Return when a server answers.

    Raises
    ------
    ServerUnavailableError
        It ended, or did not answer in that time; the message has the end of its log.
    """
    from neo4j import GraphDatabase
    from neo4j.exceptions import Neo4jError, ServiceUnavailable, SessionExpired

    end = time.monotonic() + seconds
    while server.alive() and time.monotonic() < end:
        try:
            with (
                GraphDatabase.driver(server.uri, auth=("neo4j", server.password)) as driver,
                driver.session(database=DATABASE) as session,
            ):
                session.run("RETURN 1").consume()
                return
        except (Neo4jError, ServiceUnavailable, SessionExpired, OSError):
            time.sleep(0.2)
    log = server.log()[-2000:]
    server.kill()
    raise ServerUnavailableError(f"the Neo4j server did not come up within {seconds:.0f} s: {log}")


def new_server(folder: Path, port: int | None = None, password: str = "", *, brief: bool = False) -> Server:
    """Make a server with its data in a folder, not started yet; a `brief` one is for small things and warm sooner."""
    if image := docker_image():
        return DockerServer(folder, image, port, password)
    return JavaServer(folder, get(), port, password, brief)


@contextmanager
def running(folder: Path | None = None, port: int | None = None) -> Iterator[Server]:
    """Run a server for a block; its data go with it unless a folder is given."""
    password = os.environ.get("NEO4J_PASSWORD", "")
    if folder and not password:
        raise ServerUnavailableError(
            "a server that keeps its data needs a password to come back with: set NEO4J_PASSWORD."
        )
    place = folder or Path(tempfile.mkdtemp(prefix="kg-neo4j-"))
    server: Server | None = None
    try:
        server = new_server(place, port, password)
        server.start()
        yield server
        if folder:
            server.stop()
    finally:
        if server is not None:
            server.kill()
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


@click.group()
def main() -> None:
    """Get, start and stop a real Neo4j Community server."""


@main.command("get")
def get_command() -> None:
    """Fetch the server once and say where it is."""
    with _explained():
        click.echo(docker_image() or get())


@main.command("run", context_settings={"ignore_unknown_options": True})
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Keep the data in this folder.")
@click.option("--port", type=int, help="Listen on this loopback port.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def run_command(data: Path | None, port: int | None, command: tuple[str, ...]) -> None:
    """Run a server for one command, or until Ctrl-C."""
    code = 0
    with _explained(), running(data.absolute() if data else None, port) as server:
        if command:
            code = subprocess.run(command, env={**os.environ, **server.environment}, check=False).returncode
        else:
            for name, value in server.environment.items():
                click.echo(f"export {name}={value}")
            click.echo("The server runs; Ctrl-C stops it.", err=True)
            try:
                signal.pause()
            except KeyboardInterrupt:
                click.echo("stopping", err=True)
    sys.exit(code)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except ServerUnavailableError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
