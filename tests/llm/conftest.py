"""A real llama.cpp server with a small model; and an endpoint on loopback that fails in the ways that servers do."""

import importlib.util
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from llm_kit import completion

from kg import work
from kg.extract.llm import LlmExtractor

_SCRIPT = Path(__file__).parents[2] / "scripts" / "llm_server.py"


@pytest.fixture(autouse=True)
def environment(tmp_path, monkeypatch):
    """No variable of the user's own, a cache that goes with the test, and no extractor made before."""
    for name in [n for n in os.environ if n.startswith("KG_LLM_") and n != "KG_LLM_SERVER_CACHE"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KG_LLM_CACHE", str(tmp_path / "answers"))
    work._extractor.cache_clear()
    yield
    work._extractor.cache_clear()


@pytest.fixture(scope="session")
def real_server():
    """A running llama.cpp server; without one these tests fail in CI and are skipped elsewhere."""
    spec = importlib.util.spec_from_file_location("llm_server", _SCRIPT)
    script = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = script
    spec.loader.exec_module(script)
    try:
        with script.running() as server:
            yield server
    except script.ServerUnavailableError as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))


@pytest.fixture
def real(real_server, monkeypatch):
    """The real server, as the environment names it."""
    for name, value in {**real_server.environment, "KG_LLM_TIMEOUT": "120", "KG_LLM_RETRIES": "1"}.items():
        monkeypatch.setenv(name, value)
    return real_server


class Endpoint:
    """What it answers is what `answer(body, n)` returns for the nth request: JSON, or (status, headers, text)."""

    def __init__(self):
        self.answer = lambda body, n: completion()
        self.bodies, self.keys = [], []
        endpoint, lock = self, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with lock:
                    endpoint.bodies.append(body)
                    endpoint.keys.append(self.headers["Authorization"])
                    n = len(endpoint.bodies)
                found = endpoint.answer(body, n)
                status, headers, text = found if isinstance(found, tuple) else (200, {}, json.dumps(found))
                data = text.encode()
                try:
                    self.send_response(status)
                    for name, value in {**headers, "Content-Length": str(len(data))}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    pass  # the client gave up

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def endpoint(monkeypatch):
    """An endpoint of the test's own, as the environment names it."""
    found = Endpoint()
    monkeypatch.setenv("KG_LLM_BASE_URL", found.url)
    monkeypatch.setenv("KG_LLM_MODEL", "tester")
    yield found
    found.close()


@pytest.fixture
def extractor(endpoint):
    return LlmExtractor()
