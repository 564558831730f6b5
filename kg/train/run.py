"""Training from end to end: annotated papers in, the files that extraction reads out; what is done is not done again.

A work folder keeps the vocabulary, each network with its optimizer, and what each says of the papers it has not seen.
The networks are cross-fitted: each learns from the papers outside its fold and reads those in it, so that the models
that decide are fitted on what an encoder makes of unknown papers. The network that is shipped goes on from the last
fold's, over all papers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from kg import compiled
from kg.errors import InputError
from kg.extract import text as layout
from kg.extract.encoder import Encoder, Reading, reading
from kg.extract.priors import Prior
from kg.extract.subwords import Subwords
from kg.gold import GoldEntity, read_gold
from kg.records import Entry
from kg.resources import resource
from kg.train import decide
from kg.train.decide import Report
from kg.train.examples import Gold, load

if TYPE_CHECKING:
    from kg.train.e5 import Pretrained
    from kg.train.tagger import Tagger

FOLDS = 2
LAYERS = 10  # of twelve: a sixth faster, and the last ones know most about whole sentences
EPOCHS = 3
LAST_RATE = 7e-5  # of the pass over all papers
_RARE = 3  # a sub-word that occurs less often in the texts is left out


@dataclass(frozen=True, slots=True)
class Plan:
    """What to train on and where.

    `gold` and `corpus` are an annotation file and the folder of the digests that it annotates; `texts` are more
    folders of digests, for the vocabulary; `work` is the work folder, `seed` that of all chance.
    """

    gold: Path
    corpus: Path
    work: Path
    texts: tuple[Path, ...] = ()
    seed: int = 7
    epochs: int = EPOCHS


def train(plan: Plan, pipelines: Sequence[str], report: Report) -> None:
    """Train pipelines ("fast", "accurate") and write their models into this installation's `data/models`.

    Raises
    ------
    InputError
        The annotations are none, or belong to no digest of the corpus; the work folder is of another training.
    """
    wanted = len(read_gold(plan.gold))
    pairs = load(plan.gold, plan.corpus)
    report(f"{len(pairs):,} of {wanted:,} annotated papers have a text")
    _claim(plan)
    own = _own(plan, pairs)
    for pipeline in pipelines:
        made = plan.work / pipeline
        made.mkdir(exist_ok=True)
        readings = _encoder(plan, pairs, made, report) if pipeline == "accurate" else [None] * len(pairs)
        decide.fit_pipeline(made, pairs, own, readings, report)
        # Only what is whole takes the place of what was there.
        for path in sorted(made.iterdir()):
            copyfile(path, resource(f"data/models/{pipeline}") / path.name)
    compiled.write()


def _claim(plan: Plan) -> None:
    """Make the work folder that of this training, or check that it is."""
    plan.work.mkdir(parents=True, exist_ok=True)
    path = plan.work / "training.json"
    about = {
        "gold": hashlib.sha256(plan.gold.read_bytes()).hexdigest(),
        "seed": plan.seed,
        "epochs": plan.epochs,
    }
    if not path.exists():
        path.write_text(json.dumps(about), encoding="utf-8")
    elif json.loads(path.read_text(encoding="utf-8")) != about:
        raise InputError(
            f"{plan.work} holds a training on other annotations, or with another seed or number of epochs: name "
            "another folder with --work."
        )


def _own(plan: Plan, pairs: Sequence[tuple[Gold, Entry]]) -> list[dict[str, Prior]]:
    path = plan.work / "priors.json"
    if not path.exists():
        own = decide.fit_priors(pairs, plan.work)
        part = path.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(own))
        part.replace(path)
    return msgspec.json.decode(path.read_bytes(), type=list[dict[str, Prior]])


def _encoder(plan: Plan, pairs: Sequence[tuple[Gold, Entry]], folder: Path, report: Report) -> list[Reading | None]:
    """Train the encoder and write it; what networks that have not seen them say of the papers."""
    from kg.train import e5, onnx_files, tagger

    pretrained = e5.read(e5.find())
    kept = _vocabulary(plan, pretrained, report)
    subwords = Subwords(plan.work / "subwords.model")
    examples = [
        tagger.example(entry, [msgspec.convert(g, GoldEntity) for g in gold], subwords) for gold, entry in pairs
    ]
    readings: list[Reading | None] = [None] * len(pairs)
    net = None
    for fold in range(FOLDS):
        said = plan.work / f"fold-{fold}.npz"
        net = tagger.Tagger(pretrained, kept, LAYERS)
        checkpoint = plan.work / f"fold-{fold}.pt"
        seen = [e for i, e in enumerate(examples) if i % FOLDS != fold]
        for line in tagger.fine_tune(net, seen, plan.epochs, plan.seed, checkpoint):
            report(f"fold {fold + 1} of {FOLDS}: {line}")
        unseen = {i: entry for i, (_, entry) in enumerate(pairs) if i % FOLDS == fold}
        if not said.exists():
            _read(net, unseen, plan.work, said)
        with np.load(said) as outputs:
            for i, entry in unseen.items():
                tokens = subwords.encode(layout.of_entry(entry).string)
                readings[i] = reading(tokens.starts, tokens.ends, outputs[str(i)].astype(np.float32))
    assert net is not None  # noqa: S101
    for line in tagger.fine_tune(net, examples, 1, plan.seed + 1, plan.work / "last.pt", LAST_RATE):
        report(f"all papers: {line}")
    onnx_files.write_encoder(net, folder / "encoder.onnx")
    copyfile(plan.work / "subwords.model", folder / "subwords.model")
    return readings


def _vocabulary(plan: Plan, pretrained: Pretrained, report: Report) -> list[int]:
    from kg.train import vocabulary

    path = plan.work / "kept.json"
    if not path.exists():
        full = plan.work / "full.model"
        vocabulary.write(full, pretrained.pieces, pretrained.scores, range(len(pretrained.pieces)))
        files = sorted(f for folder in (plan.corpus, *plan.texts) for f in folder.rglob("*.md"))
        texts = (f.read_text(encoding="utf-8", errors="replace") for f in files)
        terms = resource("data/lexicon/terms.jsonl").read_text(encoding="utf-8")
        pieces = pretrained.pieces
        kept = {
            *vocabulary.needed(full, pieces, texts, _RARE),
            *vocabulary.needed(full, pieces, [terms], 1),
        }
        vocabulary.write(plan.work / "subwords.model", pieces, pretrained.scores, sorted(kept))
        path.write_text(json.dumps(sorted(kept)), encoding="utf-8")
        report(f"{len(kept):,} of {len(pieces):,} sub-words are kept")
    found: list[int] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _read(net: Tagger, entries: dict[int, Entry], work: Path, path: Path) -> None:
    """Write what a network says of some papers: in 8 bits, as it will be run."""
    from kg.train import onnx_files

    onnx_files.write_encoder(net, work / "encoder.onnx")
    encoder = Encoder(work)
    outputs: dict[str, Any] = {}
    for i, entry in entries.items():
        text = layout.of_entry(entry)
        outputs[str(i)] = encoder.outputs(text, encoder.subwords.encode(text.string)).astype(np.float16)
    part = path.with_suffix(".part.npz")
    np.savez(part, **outputs)
    part.replace(path)
