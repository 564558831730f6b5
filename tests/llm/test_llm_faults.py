"""An endpoint that is busy, breaks, refuses, or talks nonsense."""

import json
import time

import pytest
from llm_kit import check, completion, entry_of, reasons

from kg.errors import KgError
from kg.extract.llm import LlmExtractor
from kg.extract.llm.client import EndpointError

ENTRY = entry_of("RestoNet", "本文提出RestoNet。")
RIGHT = completion((["RestoNet"], "Model", [("PROPOSES", 2)]))
KEY = "sk-very-secret"


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("KG_LLM_API_KEY", KEY)
    monkeypatch.setenv("KG_LLM_RETRIES", "1")


def refused(endpoint, *answer):
    """The sentence that an answer ends the build with."""
    endpoint.answer = lambda body, n: answer
    with pytest.raises(EndpointError) as caught:
        LlmExtractor().extract(ENTRY)
    said = str(caught.value)
    assert KEY not in said
    assert "\n" not in said
    assert caught.value.exit_code == 11
    return said


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 529])
def test_a_busy_endpoint_is_asked_again(endpoint, extractor, status):
    endpoint.answer = lambda body, n: (status, {}, "busy") if n == 1 else RIGHT
    extraction = extractor.extract(ENTRY)
    check(ENTRY, extraction)
    assert len(extraction.findings) == 1
    assert extractor.usage().requests == 2
    assert endpoint.keys == [f"Bearer {KEY}"] * 2


def test_it_is_asked_when_it_says(endpoint, extractor):
    times = []
    endpoint.answer = lambda body, n: (
        times.append(time.monotonic()) or ((429, {"Retry-After": "2"}, "") if n == 1 else RIGHT)
    )
    assert extractor.extract(ENTRY).findings
    assert times[1] - times[0] >= 2


def test_one_that_stays_busy_ends_the_build(endpoint):
    said = refused(endpoint, 503, {}, "overloaded")
    assert "503 (overloaded)" in said
    assert "Run the same command again" in said
    assert len(endpoint.bodies) == 2


def test_one_that_does_not_answer_in_time(endpoint, monkeypatch):
    monkeypatch.setenv("KG_LLM_TIMEOUT", "1")
    monkeypatch.setenv("KG_LLM_RETRIES", "0")
    endpoint.answer = lambda body, n: time.sleep(3) or RIGHT
    with pytest.raises(EndpointError, match="did not answer within 1 s"):
        LlmExtractor().extract(ENTRY)


def test_nobody_there(endpoint, monkeypatch):
    endpoint.close()
    with pytest.raises(EndpointError, match=f"{endpoint.url} cannot be reached .*start the server"):
        LlmExtractor().extract(ENTRY)


@pytest.mark.parametrize(("status", "name"), [(401, "KG_LLM_API_KEY"), (403, "KG_LLM_API_KEY"), (404, "KG_LLM_MODEL")])
def test_refusals_say_what_to_do(endpoint, status, name):
    said = refused(endpoint, status, {}, json.dumps({"error": f"no such thing with {KEY}"}))
    assert f"answers {status}" in said
    assert name in said
    assert "no such thing with ***" in said
    assert len(endpoint.bodies) == 1


def test_other_refusals(endpoint):
    assert "KG_LLM_OPTIONS" in refused(endpoint, 400, {}, "unknown parameter: max_tokens")
    assert "KG_LLM_BASE_URL" in refused(endpoint, 302, {"Location": "http://127.0.0.1:1/"}, "")
    assert "<html>" not in refused(endpoint, 418, {}, "<html>\nteapot")


NONSENSE = [
    completion(content="I am sorry."),
    completion(content=""),
    completion(content=None) | {"choices": []},
    completion(content='{"entities": [{"names": ["RestoNet"], "type": "Person", "relations": []}]}'),
    completion(content='{"entities": [{"names": ["RestoNet"], "ty', finish_reason="length"),
    completion(content="{" * 5000),
    completion(content=json.dumps({"entities": [{"names": [], "type": "Task", "relations": []}] * 61})),
    (200, {}, "no JSON"),
    (200, {}, "null"),
    (400, {}, '{"error": {"type": "exceed_context_size_error"}}'),
]


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_is_asked_again_once(endpoint, extractor, nonsense):
    endpoint.answer = lambda body, n: nonsense if n == 1 else RIGHT
    assert len(extractor.extract(ENTRY).findings) == 1
    assert [body["temperature"] for body in endpoint.bodies] == [0, 0.5]


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_twice_drops_the_entry_and_no_other(endpoint, extractor, nonsense):
    other = entry_of("DriveNet", "本文提出RestoNet和DriveNet。", line=40)
    endpoint.answer = lambda body, n: RIGHT if "DriveNet" in str(body) else nonsense
    first, second = extractor.extract_all([ENTRY, other])
    assert first.findings == ()
    assert reasons(first)["unanswered"].detail.startswith("day.md:3 was not extracted: the model ")
    assert len(second.findings) == 1
    assert len(endpoint.bodies) == 3
    # It is not kept: the next build from nothing asks again.
    endpoint.answer = lambda body, n: RIGHT
    assert len(extractor.extract(ENTRY).findings) == 1


def test_thoughts_and_fences_around_the_answer(endpoint, extractor):
    content = RIGHT["choices"][0]["message"]["content"]
    endpoint.answer = lambda body, n: completion(content=f"<think>{{a}}</think>\n```json\n{content}\n```")
    assert len(extractor.extract(ENTRY).findings) == 1


def test_a_cache_that_cannot_be_written(endpoint, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("KG_LLM_CACHE", str(tmp_path / "file"))
    endpoint.answer = lambda body, n: RIGHT
    with pytest.raises(KgError, match="KG_LLM_CACHE"):
        LlmExtractor().extract(ENTRY)


def test_no_key_is_sent_where_there_is_none(endpoint, monkeypatch):
    monkeypatch.delenv("KG_LLM_API_KEY")
    LlmExtractor().extract(ENTRY)
    assert endpoint.keys == [None]
