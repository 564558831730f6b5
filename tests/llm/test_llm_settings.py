"""The environment: what is needed, what cannot be used, and where the key goes: nowhere."""

import subprocess
import sys

import pytest

from kg import registry
from kg.errors import InputError
from kg.extract.llm.settings import Settings

NEEDED = {"KG_LLM_BASE_URL": "http://localhost:8080/v1/", "KG_LLM_MODEL": "m"}


def test_is_registered():
    assert "llm" in registry.names("extractors")


def test_defaults(tmp_path):
    s = Settings.of({**NEEDED, "XDG_CACHE_HOME": str(tmp_path)})
    assert (s.base_url, s.model, s.key) == ("http://localhost:8080/v1", "m", "")
    assert (s.concurrency, s.timeout, s.retries) == (4, 300.0, 5)
    assert s.options == {"temperature": 0, "max_tokens": 4096}
    assert s.cache == tmp_path / "kg" / "llm"
    assert s.cost(1000, 1000) is None


def test_everything_set():
    s = Settings.of(
        {
            **NEEDED,
            "KG_LLM_API_KEY": " sk-secret\n",
            "KG_LLM_CONCURRENCY": "16",
            "KG_LLM_TIMEOUT": "12.5",
            "KG_LLM_RETRIES": "0",
            "KG_LLM_OPTIONS": '{"temperature": null, "reasoning_effort": "low"}',
            "KG_LLM_INPUT_PRICE": "0.15",
            "KG_LLM_OUTPUT_PRICE": "0.6",
            "KG_LLM_CACHE": "here",
        }
    )
    assert (s.key, s.concurrency, s.timeout, s.retries, str(s.cache)) == ("sk-secret", 16, 12.5, 0, "here")
    assert s.options == {"temperature": None, "max_tokens": 4096, "reasoning_effort": "low"}
    assert s.cost(2_000_000, 1_000_000) == 0.9
    assert "secret" not in repr(s)


@pytest.mark.parametrize("missing", [{"KG_LLM_MODEL"}, {"KG_LLM_BASE_URL"}, set(NEEDED)])
def test_what_is_missing_is_named(missing):
    with pytest.raises(InputError) as caught:
        Settings.of({name: value for name, value in NEEDED.items() if name not in missing})
    assert all(name in str(caught.value).partition(" not set")[0] for name in missing)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KG_LLM_BASE_URL", "localhost:8080"),
        ("KG_LLM_BASE_URL", "ftp://host/v1"),
        ("KG_LLM_BASE_URL", "http://[::1"),
        ("KG_LLM_BASE_URL", "http://user:sk-secret@host/v1"),
        ("KG_LLM_BASE_URL", "https://host/v1?key=sk-secret"),
        ("KG_LLM_API_KEY", "sk-secret\u2026"),
        ("KG_LLM_API_KEY", "sk-secret\nX-Header: y"),
        ("KG_LLM_CONCURRENCY", "0"),
        ("KG_LLM_CONCURRENCY", "2.5"),
        ("KG_LLM_TIMEOUT", "soon"),
        ("KG_LLM_TIMEOUT", "nan"),
        ("KG_LLM_RETRIES", "-1"),
        ("KG_LLM_INPUT_PRICE", "1$"),
        ("KG_LLM_OPTIONS", "[]"),
        ("KG_LLM_OPTIONS", "{"),
        ("KG_LLM_OPTIONS", '{"model": "other"}'),
    ],
)
def test_what_cannot_be_used_is_named_without_its_secret(name, value):
    with pytest.raises(InputError, match=name) as caught:
        Settings.of({**NEEDED, name: value})
    assert "secret" not in str(caught.value)


def test_a_missing_package_is_named(monkeypatch):
    code = (
        "import sys; sys.modules['tenacity'] = None\n"
        "from kg.extract.llm import LlmExtractor\n"
        "from kg.errors import PluginError\n"
        "try: LlmExtractor()\n"
        "except PluginError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == (
        "the llm pipeline needs the package tenacity: install it with pip install 'kg-digests[llm]'.\n"
    )
