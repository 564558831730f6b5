"""One node per thing: which names of which papers are one entity.

Findings come grouped under an *anchor*: the lexicon term where they have one, else the spelling of their main name. An
anchor is a thing until evidence joins it with another: the lexicon, or a pair of names (a bracket pair, an
abbreviation) that two papers write or that the letters themselves confirm. Likeness of spelling is never evidence,
and names that differ in a number or a size are never joined.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from kg.resolve.spelling import bare, is_abbreviation, is_chinese, key, same_version
from kg.resolve.union import UnionFind
from kg.resources import resource

_CLAIM = 0.8  # share of an alias's papers that one anchor must have before the alias speaks for it
_LONG = 8  # letters from which an English spelling is no chance abbreviation
_LONG_ZH = 4
_LATIN = re.compile("[A-Za-z]")


@dataclass(frozen=True, slots=True)
class NameCount:
    """A surface form under an anchor: in how many papers, and how often, it names findings of that type."""

    anchor: str
    type: str
    key: str
    text: str
    papers: int
    count: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the lexicon says of a term."""

    types: tuple[str, ...]
    en: str = ""
    zh: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing; `anchors` are those that became it, `term` its lexicon term, if it has one."""

    id: str
    type: str
    name: str
    name_en: str
    name_zh: str
    anchors: tuple[str, ...]
    term: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """Pairs of spelling keys that are one thing, and pairs that must never be."""

    same_as: frozenset[frozenset[str]] = frozenset()
    never_same: frozenset[frozenset[str]] = frozenset()


def class_of(entity_type: str) -> str:
    """The class in which names compete: Model and Method are one, since papers differ on them."""
    return "Model" if entity_type == "Method" else entity_type


def anchor(entity_type: str, term: str, main: str) -> str:
    """The anchor of a finding, from its type, lexicon term ("" for none) and the key of its main name."""
    return f"{class_of(entity_type)}:#{term}" if term else f"{class_of(entity_type)}:{main}"


@cache
def rules() -> Rules:
    """The merge rules of `data/rules/merge.toml`."""
    raw = tomllib.loads(resource("data/rules/merge.toml").read_text(encoding="utf-8"))
    return Rules(*(frozenset(frozenset(map(key, pair)) for pair in raw[kind]) for kind in ("same_as", "never_same")))


@dataclass(slots=True)
class _Anchor:
    cls: str
    main: str
    term: str
    names: list[NameCount] = field(default_factory=list)

    def text(self) -> str:
        """The form that is written most among those of the main spelling (of all, for a term)."""
        own = [n for n in self.names if n.key == self.main] or self.names
        return max(own, key=lambda n: (n.papers, n.count, -len(n.text), n.text)).text


def entities(
    names: Iterable[NameCount], known: Callable[[str], Known], merge_rules: Rules | None = None
) -> list[Entity]:
    """The entities behind all names, sorted by id.

    Parameters
    ----------
    names : iterable of NameCount
        All surface forms, in any order.
    known : callable
        What the lexicon says of a term id.
    merge_rules : Rules, optional
        `rules()` if not given.
    """
    merge_rules = merge_rules or rules()
    anchors = _anchors(names)
    sets: UnionFind[str] = UnionFind()
    term_of = {name: a.term for name, a in anchors.items()}
    for name in anchors:
        sets.find(name)
    for one, other in _pairs(anchors, merge_rules):
        a, b = sets.find(one), sets.find(other)
        terms = {term_of[a], term_of[b]} - {""}
        if a != b and len(terms) < 2:
            term_of[sets.union(a, b)] = terms.pop() if terms else ""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in anchors:
        groups[sets.find(name)].append(name)
    return _named(
        [_entity([anchors[n] for n in members], members, term_of[root], known) for root, members in groups.items()]
    )


def _anchors(names: Iterable[NameCount]) -> dict[str, _Anchor]:
    found: dict[str, _Anchor] = {}
    for n in sorted(names, key=lambda n: (n.anchor, n.type, n.key, n.text)):
        a = found.get(n.anchor)
        if a is None:
            cls, _, rest = n.anchor.partition(":")
            a = found[n.anchor] = _Anchor(
                cls, "" if rest.startswith("#") else rest, rest[1:] if rest.startswith("#") else ""
            )
        a.names.append(n)
    return found


def _pairs(anchors: Mapping[str, _Anchor], merge_rules: Rules) -> Iterable[tuple[str, str]]:
    """Pairs of anchors that a name of one joins with the other, the best supported first."""
    claims: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    texts: dict[tuple[str, str], str] = {}
    for name, a in anchors.items():
        for n in a.names:
            if n.key != a.main:
                slot = (a.cls, n.key)
                claims[slot][name] = claims[slot].get(name, 0) + n.papers
                texts.setdefault(slot, n.text)
    found: list[tuple[int, str, str]] = []
    for (cls, alias), by_anchor in claims.items():
        text, other = texts[cls, alias], f"{cls}:{alias}"
        best = max(by_anchor, key=lambda name: (by_anchor[name], name))
        papers = by_anchor[best]
        if other in anchors and papers >= _CLAIM * sum(by_anchor.values()):
            main = anchors[best].text()
            confirmed = is_abbreviation(text, main) or is_abbreviation(main, text) or key(bare(main)) == alias
            if (papers >= 2 or confirmed) and _may_join(main, text, merge_rules):
                found.append((papers, best, other))
        # A long name that several anchors share says that they are one: 潜在扩散模型 and LDM, both written out.
        if len(by_anchor) > 1 and len(alias) >= (_LONG_ZH if is_chinese(alias) else _LONG):
            first, *rest = sorted(by_anchor, key=lambda name: (-by_anchor[name], name))
            for name in rest:
                if by_anchor[name] >= 2 and _may_join(anchors[first].text(), anchors[name].text(), merge_rules):
                    found.append((by_anchor[name], first, name))
    by_key: dict[str, list[str]] = defaultdict(list)
    for name, a in anchors.items():
        for k in {a.main, *(n.key for n in a.names)} if a.term else {a.main}:
            by_key[k].append(name)
    for one, two in sorted(tuple(sorted(pair)) for pair in merge_rules.same_as if len(pair) == 2):
        both = ((x, y) for x in by_key.get(one, ()) for y in by_key.get(two, ()))
        found += [(1 << 30, x, y) for x, y in both if anchors[x].cls == anchors[y].cls]
    found.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    return [(a, b) for _, a, b in found]


def _may_join(a: str, b: str, merge_rules: Rules) -> bool:
    if frozenset((key(a), key(b))) in merge_rules.never_same:
        return False
    return same_version(a, b) or (is_chinese(a) != is_chinese(b) and not _digits(a, b))


def _digits(a: str, b: str) -> bool:
    """Whether both names have digits, so that a difference between them counts across languages too."""
    return any(c.isdigit() for c in a) and any(c.isdigit() for c in b)


def _entity(anchors: Sequence[_Anchor], members: Sequence[str], term: str, known: Callable[[str], Known]) -> Entity:
    lexicon = known(term) if term else Known(())
    votes: dict[str, int] = defaultdict(int)
    texts: dict[str, tuple[int, int]] = {}
    for a in anchors:
        for n in a.names:
            votes[n.type] += n.papers
            papers, count = texts.get(n.text, (0, 0))
            texts[n.text] = papers + n.papers, count + n.count
    order = {t: i for i, t in enumerate(lexicon.types)}
    entity_type = max(votes, key=lambda t: (votes[t], -order.get(t, len(order)), t))
    by_use = sorted(texts, key=lambda t: (*texts[t], -len(t), t), reverse=True) if len(texts) > 1 else list(texts)
    name_en = lexicon.en or next((t for t in by_use if not is_chinese(t)), "")
    name_zh = lexicon.zh or next((t for t in by_use if _is_chinese_name(t)), "")
    slug = key(lexicon.en or lexicon.zh) if term else min((is_chinese(a.main), a.main) for a in anchors)[1]
    name = name_en or name_zh or by_use[0]
    return Entity(f"{entity_type.lower()}:{slug}", entity_type, name, name_en, name_zh, tuple(members), term)


def _is_chinese_name(name: str) -> bool:
    """Whether a name is Chinese in more than a last generic word: not "SUPIR模型"."""
    return is_chinese(name) and (not _LATIN.search(name) or is_chinese(bare(name)))


def _named(found: Iterable[Entity]) -> list[Entity]:
    """Entities sorted by id; where two would have one id, the later ones get a number."""
    taken: dict[str, int] = defaultdict(int)
    named = []
    for e in sorted(found, key=lambda e: (e.id, not e.term, e.term, e.anchors)):
        taken[e.id] += 1
        n = taken[e.id]
        named.append(e if n == 1 else Entity(f"{e.id}~{n}", e.type, e.name, e.name_en, e.name_zh, e.anchors, e.term))
    return sorted(named, key=lambda e: e.id)
