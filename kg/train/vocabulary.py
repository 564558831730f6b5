"""The sub-words that Chinese and English digests need, of a vocabulary for a hundred languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor
from sentencepiece import sentencepiece_model_pb2 as proto

from kg.extract.subwords import normalized

_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
_SPACE = "\u2581"


def write(path: Path, pieces: Sequence[str], scores: NDArray[np.float32], kept: Sequence[int]) -> None:
    """Write a SentencePiece model of some pieces of a vocabulary, by their indices; its first four are the marks."""
    model = proto.ModelProto()
    model.trainer_spec.model_type = proto.TrainerSpec.UNIGRAM
    model.trainer_spec.bos_id, model.trainer_spec.pad_id, model.trainer_spec.eos_id = 0, 1, 2
    model.trainer_spec.unk_id = 3
    model.trainer_spec.bos_piece, model.trainer_spec.pad_piece = "<s>", "<pad>"
    model.trainer_spec.eos_piece, model.trainer_spec.unk_piece = "</s>", "<unk>"
    model.trainer_spec.vocab_size = len(kept)
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.add_dummy_prefix = True
    model.normalizer_spec.remove_extra_whitespaces = False
    model.normalizer_spec.escape_whitespaces = True
    kinds = proto.ModelProto.SentencePiece
    for i in kept:
        piece = model.pieces.add()
        piece.piece, piece.score = pieces[i], float(scores[i])
        if pieces[i] in _SPECIAL:
            piece.type = kinds.UNKNOWN if pieces[i] == "<unk>" else kinds.CONTROL
    path.write_bytes(model.SerializeToString(deterministic=True))


def needed(full: Path, pieces: Sequence[str], texts: Iterable[str], fewest: int) -> list[int]:
    """Indices of the pieces to keep: those met `fewest` times, and every single character of Chinese and English.

    Parameters
    ----------
    full : path
        A SentencePiece model of the whole vocabulary.
    pieces : sequence of str
        That vocabulary.
    texts : iterable of str
        What is to be read.
    fewest : int
        How often a piece must occur.
    """
    whole = SentencePieceProcessor(model_file=str(full))
    count: Counter[int] = Counter()
    for text in texts:
        count.update(whole.encode(normalized(text)))
    single = {i for i, p in enumerate(pieces) if len(p.removeprefix(_SPACE)) <= 1 and _ours(p.removeprefix(_SPACE))}
    return sorted({0, 1, 2, 3} | {i for i, n in count.items() if n >= fewest} | single)


def _ours(char: str) -> bool:
    return not char or " " <= char <= "~" or "\u0370" <= char <= "\u03ff" or "\u4e00" <= char <= "\u9fff"
