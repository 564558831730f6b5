"""Component: names of the lexicon, and names that papers use often without being in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import msgspec
from spacy.language import Language
from spacy.tokens import Doc

from kg import compiled
from kg.collector import no_collection
from kg.extract import spans
from kg.extract.names import Known, NameMatcher, patterns
from kg.extract.priors import Priors
from kg.extract.spans import Mention
from kg.extract.tables import ordinary_words
from kg.extract.text import of_doc
from kg.lexicon import Lexicon


@Language.factory("kg_lexicon", assigns=["doc.spans"])
def _create(nlp: Language, name: str) -> LexiconMatcher:
    return LexiconMatcher(matcher())


@cache
@no_collection()
def matcher() -> NameMatcher:
    """The automaton over the lexicon and the names that readers kept more than once."""
    ready = compiled.read()
    names = msgspec.msgpack.decode(ready.names, type=dict[str, list[Known]]) if ready else table(Lexicon.load())
    return NameMatcher(names, ordinary_words())


def table(lexicon: Lexicon) -> dict[str, list[Known]]:
    """What the automaton looks for: names of the lexicon, and those that papers use often without being in it."""
    return patterns([*known_names(lexicon), *Priors.load().names(lexicon)])


class LexiconMatcher:
    """Writes each longest match of a known name, with the term it stands for."""

    def __init__(self, matcher: NameMatcher) -> None:
        self._matcher = matcher

    def __call__(self, doc: Doc) -> Doc:
        """Write what `match` finds."""
        return spans.write(doc, self.match(doc))

    def match(self, doc: Doc) -> list[Mention]:
        """Names in the document, in order."""
        return [
            Mention(hit.start, hit.end, _cue(hit.known), hit.known.type, hit.known.term)
            for hit in self._matcher.find(of_doc(doc).string)
        ]


def _cue(known: Known) -> str:
    if not known.term:
        return "known"
    return "lexicon" if known.sure else "ambiguous"


def known_names(lexicon: Lexicon) -> Iterator[Known]:
    """All names of all terms, the sure ones first."""
    for term in lexicon:
        for name in term.names:
            yield Known(name, term.types[0], term.id, True)
    for term in lexicon:
        for name in term.ambiguous:
            yield Known(name, term.types[0], term.id, False)
