import json
from collections import Counter

import pytest

from kg import compiled
from kg.errors import KgError
from kg.extract.lexicon_matcher import matcher
from kg.extract.tables import ordinary_words
from kg.lexicon import TERMS, Lexicon, Term, read_terms
from kg.records import ENTITY_TYPES
from kg.resolve.spelling import key
from kg.resources import resource


@pytest.fixture(scope="module")
def records():
    return [json.loads(line) for line in resource(TERMS).read_text(encoding="utf-8").splitlines()]


def test_ids_are_sorted_and_unique(records):
    ids = [r["id"] for r in records]
    assert ids == sorted(set(ids))


def test_fields(records):
    known = {"id", "type", "en", "zh", "aliases", "ambiguous", "family", "generic"}
    for r in records:
        assert r.keys() <= known and r["en"] and set(r["type"]) <= set(ENTITY_TYPES), r
        assert r["id"].startswith(f"{r['type'][0].lower()}:"), r
        for field in ("aliases", "ambiguous"):
            assert r.get(field, []) == sorted(set(r.get(field, []))), r
        assert not set(r.get("aliases", [])) & {r["en"], r.get("zh"), *r.get("ambiguous", [])}, r


def test_a_name_always_means_one_thing():
    lexicon = Lexicon.load()
    seen = Counter(k for term in lexicon for k in {key(n) for n in term.names})
    assert [k for k, n in seen.items() if n > 1] == []


def test_names_that_are_ordinary_words_are_ambiguous(records):
    """`SCAFFOLD` may be a method or a shout; `accuracy` means what it says."""
    words = ordinary_words()
    for r in records:
        for name in (r["en"], *r.get("aliases", ())):
            if name.isascii() and name.isalpha() and not name.islower() and name.lower() in words:
                assert name in r.get("ambiguous", ()), r


def test_find_by_any_spelling():
    lexicon = Lexicon.load()
    (term,) = lexicon.find("stable diffusion-xl")
    assert lexicon.term(term.id) is term
    assert term.types[0] == "Model"
    assert lexicon.find("图像恢复") == lexicon.find("image restoration")
    assert lexicon.find("no such thing at all") == ()


def test_sure_terms_come_before_possible_ones():
    sure, maybe = Term("a", ("Model",), "Foo Bar", aliases=("FB",)), Term("b", ("Task",), "Baz", ambiguous=("FB",))
    assert Lexicon({"b": maybe, "a": sure}).find("fb") == (sure, maybe)


def test_unknown_id_is_an_error():
    with pytest.raises(KgError, match="no term 'x:y'"):
        Lexicon.load().term("x:y")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("not json", "is not a lexicon term"),
        ('{"id": "model:x", "type": ["Person"], "en": "X"}', "none of Model"),
        ('{"id": "model:x", "en": "X"}', "is not a lexicon term"),
        ('{"id": "model:x", "type": ["Model"], "en": "X", "colour": 1}', "is not a lexicon term"),
        ('{"id": "model:a", "type": ["Model"], "en": "X"}', "repeats the id"),
    ],
)
def test_bad_lines_are_named(tmp_path, line, message):
    path = tmp_path / "terms.jsonl"
    path.write_text('{"id": "model:a", "type": ["Model"], "en": "A"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(KgError, match=f"terms.jsonl:2 .*{message}"):
        read_terms(path)


def test_the_compiled_lexicon_is_current():
    """Where this fails: make lexicon."""
    assert compiled._path().read_bytes() == compiled.content()


def test_compiled_and_worked_out_are_one():
    ready, fresh = Lexicon.load(), read_terms(resource(TERMS))
    assert compiled.read() is not None
    assert ready.keys == fresh.keys
    assert [ready.find(name) for name in ("GAN", "扩散模型", "SD")] == [
        fresh.find(n) for n in ("GAN", "扩散模型", "SD")
    ]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[:1000] + bytes([content[1000] ^ 1]) + content[1001:],
        lambda content: bytes([content[0] ^ 1]) + content[1:],  # of other sources
    ],
)
def test_a_compiled_lexicon_that_is_damaged_or_stale_counts_for_nothing(tmp_path, damage):
    path = tmp_path / "compiled.msgpack"
    content = compiled._path().read_bytes()
    path.write_bytes(content)
    assert compiled.load(path) is not None
    path.write_bytes(damage(content))
    assert compiled.load(path) is None


def test_without_a_compiled_lexicon_the_same_names_are_found(monkeypatch):
    text = "采用SDXL与Stable Diffusion在ImageNet上训练，GANs与扩散模型均可。"
    ready = matcher().find(text)
    monkeypatch.setattr(compiled, "read", lambda: compiled.load(compiled._path().with_name("no-such-file")))
    monkeypatch.setattr(Lexicon, "load", lambda: read_terms(resource(TERMS)))
    assert matcher.__wrapped__().find(text) == ready
    assert len(ready) >= 4
