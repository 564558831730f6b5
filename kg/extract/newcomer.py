"""A well-known name in the very paper that introduced it.

What is known of a name (its lexicon term, how readers of other papers took it) says that papers build on it and compare
with it. In one paper that is wrong: its own. So known models are looked at once more as if their names had never been
seen; where a paper proposes nothing else, the one that would then pass for its proposal is its proposal.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kg.extract.candidates import Found
from kg.extract.features import features, groups
from kg.extract.group import Candidate
from kg.extract.models import Models
from kg.extract.numbered import numbered
from kg.extract.priors import Priors
from kg.extract.text import TITLE

_SURE = 0.75  # that a stranger of that name would be proposed
_OTHER = 0.5  # a proposal as likely as this leaves no need of another
_AFTER_HEAD = re.compile(r"\s*(?:[:：]|$)")


def own_name(
    found: Found, models: Models, chances: NDArray[np.float32]
) -> tuple[int, tuple[dict[str, float], tuple[str, ...]]] | None:
    """The candidate that is a paper's own well-known name, described as a stranger; None where there is none.

    Parameters
    ----------
    found : Found
        The candidates of an entry.
    models : Models
        What judged them.
    chances : array of shape (candidates, models)
        What `Models.probabilities` gave for them.
    """
    known = [i for i, candidate in enumerate(found.candidates) if _may_be_own(found, candidate)]
    proposed = models.columns["PROPOSES"]
    new = [i for i, candidate in enumerate(found.candidates) if not candidate.term]
    if not known or (chances[new, models.columns["keep"]] * chances[new, proposed]).max(initial=0.0) >= _OTHER:
        return None
    described = [_as_stranger(found, i) for i in known]
    features, kinds = zip(*described, strict=True)
    strangers = models.probabilities(numbered(features, models.rows), kinds)
    best = int(strangers[:, proposed].argmax())
    return (known[best], described[best]) if strangers[best, proposed] >= _SURE else None


def _may_be_own(found: Found, candidate: Candidate) -> bool:
    """Whether a paper could be the one that introduced it: a named model, or a method that heads the title."""
    if not candidate.term:
        return False
    term = found.context.lexicon.term(candidate.term)
    if term.generic or not {"Model", "Method"} & set(term.types):
        return False
    return "Model" in term.types or any(_heads_title(found, m.start, m.end) for m in candidate.mentions)


def _heads_title(found: Found, start: int, end: int) -> bool:
    piece = found.context.text.piece(start)
    string = found.context.text.string
    if piece.section != TITLE or string[piece.start : start].strip(" \"“'《"):
        return False
    return _AFTER_HEAD.match(string[end : piece.end]) is not None


def _as_stranger(found: Found, i: int) -> tuple[dict[str, float], tuple[str, ...]]:
    """The description of a candidate as if its names had never been seen."""
    known = found.candidates[i]
    mentions = tuple(m._replace(cue="shape", type="", term="") for m in known.mentions)
    stranger = replace(known, term="", mentions=mentions)
    context = replace(found.context, priors=Priors({}, {}))
    return features(stranger, context, found.nested[i]), groups(stranger, context)
