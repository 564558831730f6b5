"""The token tagger: a pretrained encoder fine-tuned to mark mentions, their type, relations and identity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from kg.extract import text as layout
from kg.extract.encoder import OUTPUTS, RELATIONS, TAGS
from kg.extract.subwords import Subwords, Tokens, chunks
from kg.gold import GoldEntity
from kg.records import ENTITY_TYPES, Entry
from kg.train.e5 import Pretrained

_IGNORED = -100
_PAPERS = 3  # a step
RATE = 1.5e-4
_HEAD_FASTER = 6
_WARM_UP = 60  # steps
_TEMPERATURE = 0.1
_SAVED_EVERY = 50  # steps


@dataclass(frozen=True, slots=True)
class Example:
    """A paper's chunks as token ids with what the network should say of each token.

    `tags` are indices of `TAGS` (-100: no loss), `relations` rows of 0 and 1 (-1: no loss), `things` the number of the
    gold entity whose mention begins there and `spans` its length in tokens (-1 and 0: none).
    """

    ids: list[NDArray[np.int64]]
    tags: list[NDArray[np.int64]]
    relations: list[NDArray[np.float32]]
    things: list[NDArray[np.int64]]
    spans: list[NDArray[np.int64]]


def example(entry: Entry, gold: Sequence[GoldEntity], subwords: Subwords) -> Example:
    """Align a paper's gold names with the tokens of its entry: longer names first, each stretch once."""
    text = layout.of_entry(entry)
    tokens = subwords.encode(text.string)
    tags = np.zeros(len(tokens.ids), np.int64)
    relations = np.full((len(tokens.ids), len(RELATIONS)), -1, np.float32)
    things = np.full(len(tokens.ids), -1, np.int64)
    spans = np.zeros(len(tokens.ids), np.int64)
    for start, end, thing in _mentions(text.string, gold):
        first, last = _tokens_of(tokens, start, end)
        entity = gold[thing]
        if entity.optional or first == last:
            tags[first:last] = _IGNORED
            continue
        kind = ENTITY_TYPES.index(entity.type[0])
        tags[first] = 1 + 2 * kind
        tags[first + 1 : last] = 2 + 2 * kind
        relations[first] = [relation in entity.relations for relation in RELATIONS]
        things[first], spans[first] = thing, last - first
    found = Example([], [], [], [], [])
    for a, b in chunks(tokens, layout.sentences(text)):
        found.ids.append(np.concatenate([[subwords.begin], tokens.ids[a:b], [subwords.end]]))
        found.tags.append(np.concatenate([[_IGNORED], tags[a:b], [_IGNORED]]))
        found.relations.append(np.pad(relations[a:b], ((1, 1), (0, 0)), constant_values=-1))
        found.things.append(np.concatenate([[-1], things[a:b], [-1]]))
        found.spans.append(np.concatenate([[0], spans[a:b], [0]]))
    return found


def _mentions(text: str, gold: Sequence[GoldEntity]) -> list[tuple[int, int, int]]:
    folded = layout.fold(text)
    found = []
    for thing, entity in enumerate(gold):
        for name in sorted({layout.fold(n) for n in entity.names if len(n) > 1}):
            before = r"(?<![a-z0-9])" if re.match(r"[a-z0-9]", name) else ""
            after = r"(?:(?=s?(?![a-z0-9])))" if re.search(r"[a-z0-9]$", name) else ""
            for hit in re.finditer(before + re.escape(name) + after, folded):
                found.append((hit.start(), hit.end(), thing))
    taken = bytearray(len(text))
    kept = []
    for start, end, thing in sorted(found, key=lambda f: (f[0] - f[1], f[0], gold[f[2]].optional, f[2])):
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            kept.append((start, end, thing))
    return sorted(kept)


def _tokens_of(tokens: Tokens, start: int, end: int) -> tuple[int, int]:
    """Tokens that overlap [start, end): first and one past the last."""
    first = int(np.searchsorted(tokens.ends, start, side="right"))
    last = int(np.searchsorted(tokens.starts, end, side="left"))
    while first < last and tokens.starts[first] == tokens.ends[first]:
        first += 1
    return first, max(first, last)


class _Layer(nn.Module):
    """One layer of BERT: attention and feed-forward, each followed by a residual sum and a norm."""

    def __init__(self, width: int, heads: int, feed_forward: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.attended = nn.Linear(width, width)
        self.attended_norm = nn.LayerNorm(width, epsilon)
        self.inner = nn.Linear(width, feed_forward)
        self.outer = nn.Linear(feed_forward, width)
        self.outer_norm = nn.LayerNorm(width, epsilon)

    def forward(self, x: Tensor, mask: Tensor, dropout: float) -> Tensor:
        batch, length, width = x.shape
        qkv = self.qkv(x).reshape(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], attn_mask=mask)
        attended = self.attended(attended.transpose(1, 2).reshape(batch, length, width))
        x = self.attended_norm(x + functional.dropout(attended, dropout, self.training))
        inner = self.outer(functional.gelu(self.inner(x)))
        return self.outer_norm(x + functional.dropout(inner, dropout, self.training))


class Tagger(nn.Module):
    """The encoder with one linear head: tags, relations of a mention that begins here, and a vector of its identity."""

    def __init__(self, pretrained: Pretrained, kept: Sequence[int], layers: int) -> None:
        super().__init__()
        p = pretrained
        self.words = nn.Embedding(len(kept), p.width)
        self.places = nn.Embedding(p.positions, p.width)
        self.norm = nn.LayerNorm(p.width, p.epsilon)
        self.layers = nn.ModuleList(_Layer(p.width, p.heads, p.feed_forward, p.epsilon) for _ in range(layers))
        self.head = nn.Linear(p.width, OUTPUTS)
        self.words.weight.requires_grad_(False)
        self._load(pretrained, kept)

    def _load(self, pretrained: Pretrained, kept: Sequence[int]) -> None:
        t = {name: torch.from_numpy(array) for name, array in pretrained.tensors.items()}
        own = {
            "words.weight": t["emb.word"][list(kept)],
            "places.weight": t["emb.pos"] + t["emb.type"][0],
            "norm.weight": t["emb.ln.w"],
            "norm.bias": t["emb.ln.b"],
        }
        for i in range(len(self.layers)):
            for side in ("weight", "bias"):
                s = side[0]
                own |= {
                    f"layers.{i}.qkv.{side}": torch.cat([t[f"l{i}.{part}.{s}"] for part in "qkv"]),
                    f"layers.{i}.attended.{side}": t[f"l{i}.ao.{s}"],
                    f"layers.{i}.attended_norm.{side}": t[f"l{i}.aln.{s}"],
                    f"layers.{i}.inner.{side}": t[f"l{i}.fi.{s}"],
                    f"layers.{i}.outer.{side}": t[f"l{i}.fo.{s}"],
                    f"layers.{i}.outer_norm.{side}": t[f"l{i}.oln.{s}"],
                }
        missing = self.load_state_dict(own, strict=False)
        if missing.unexpected_keys or set(missing.missing_keys) != {"head.weight", "head.bias"}:
            raise ValueError(f"the pretrained weights do not fit: {missing}")

    def forward(self, ids: Tensor, dropout: float = 0.1) -> Tensor:
        """Outputs of shape (chunks, tokens, `OUTPUTS`) for ids of shape (chunks, tokens), padded with 1."""
        mask = torch.where(ids == Subwords.padding, -1e4, 0.0)[:, None, None, :]
        x = self.norm(self.words(ids) + self.places.weight[: ids.shape[1]])
        x = functional.dropout(x, dropout, self.training)
        mask = mask.to(x.dtype)
        for layer in self.layers:
            x = layer(x, mask, dropout)
        return self.head(functional.dropout(x, dropout, self.training))


def _padded(arrays: Sequence[NDArray[Any]], fill: float) -> Tensor:
    longest = max(len(a) for a in arrays)
    out = np.full((len(arrays), longest, *arrays[0].shape[1:]), fill, arrays[0].dtype)
    for row, array in zip(out, arrays, strict=True):
        row[: len(array)] = array
    return torch.from_numpy(out)


def _loss(out: Tensor, batch: Sequence[Example]) -> Tensor:
    tags = _padded([a for e in batch for a in e.tags], _IGNORED).to(out.device)
    relations = _padded([a for e in batch for a in e.relations], -1).to(out.device)
    at = len(TAGS)
    loss = functional.cross_entropy(out[..., :at].flatten(0, 1), tags.flatten(), ignore_index=_IGNORED)
    known = relations >= 0
    if known.any():
        said = out[..., at : at + len(RELATIONS)]
        loss = loss + 0.5 * functional.binary_cross_entropy_with_logits(said[known], relations[known])
    return loss + 0.2 * _identity_loss(out[..., at + len(RELATIONS) :], batch)


def _identity_loss(vectors: Tensor, batch: Sequence[Example]) -> Tensor:
    """Supervised contrastive loss (Khosla et al. 2020) over the mentions of each paper."""
    total, papers, row = vectors.new_zeros(()), 0, 0
    for one in batch:
        rows, firsts, things = [], [], []
        for i, ids in enumerate(one.things):
            for at in np.flatnonzero(ids >= 0):
                rows.append(row + i)
                firsts.append(int(at))
                things.append(int(ids[at]))
        row += len(one.things)
        if len(set(things)) < 2 or len(set(things)) == len(things):
            continue
        named = functional.normalize(vectors[rows, firsts], dim=-1)
        same = torch.tensor(things, device=vectors.device)
        alike = (same[:, None] == same[None, :]).float().fill_diagonal_(0.0)
        scores = named @ named.T / _TEMPERATURE
        scores = scores.masked_fill(torch.eye(len(things), dtype=torch.bool, device=vectors.device), -1e4)
        chance = functional.log_softmax(scores, dim=-1)
        has = alike.sum(1) > 0
        total = total - ((alike * chance).sum(1)[has] / alike.sum(1)[has]).mean()
        papers += 1
    return total / max(1, papers)


def device() -> torch.device:
    """A GPU when there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def fine_tune(
    net: Tagger, examples: Sequence[Example], epochs: int, seed: int, checkpoint: Path, rate: float = RATE
) -> Iterator[str]:
    """Fine-tune in place, in bfloat16, and say how it goes; goes on from the checkpoint where there is one.

    Parameters
    ----------
    net : Tagger
        What to train.
    examples : sequence of Example
        Papers to train on.
    epochs : int
        How often each is seen.
    seed : int
        Of the order of papers and of dropout.
    checkpoint : path
        Where the state is kept, every 50 steps; the finished network is in it at the end.
    rate : float
        Learning rate of the encoder at its highest.
    """
    place = device()
    net.to(place).train()
    a_step = -(-len(examples) // _PAPERS)
    steps = epochs * a_step
    encoder = [p for n, p in net.named_parameters() if p.requires_grad and not n.startswith("head")]
    optimizer = torch.optim.AdamW(
        [{"params": encoder, "lr": rate}, {"params": net.head.parameters(), "lr": rate * _HEAD_FASTER}],
        weight_decay=0.01,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min((s + 1) / _WARM_UP, max(0.02, 1 - s / steps)))
    done = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=place, weights_only=True)
        net.load_state_dict(state["net"], strict=False)
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        done = state["step"]
    smooth = 0.0
    for step in range(done, steps):
        # All chance comes from the seed and the step, so that a run that was stopped goes on as it would have.
        torch.manual_seed(seed * 1_000_003 + step)
        order = np.random.default_rng([seed, step // a_step]).permutation(len(examples))
        at = step % a_step * _PAPERS
        batch = [examples[i] for i in order[at : at + _PAPERS]]
        ids = _padded([a for e in batch for a in e.ids], Subwords.padding).to(place)
        with torch.autocast(place.type, dtype=torch.bfloat16):
            out = net(ids)
        loss = _loss(out.float(), batch)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(encoder, 1.0)
        optimizer.step()
        schedule.step()
        smooth = loss.item() if not smooth else 0.95 * smooth + 0.05 * loss.item()
        if (step + 1) % _SAVED_EVERY == 0 or step + 1 == steps:
            _save(net, optimizer, schedule, step + 1, checkpoint)
            yield f"step {step + 1} of {steps}, loss {smooth:.3f}"


def _save(net: Tagger, optimizer: Any, schedule: Any, step: int, path: Path) -> None:
    weights = {n: t for n, t in net.state_dict().items() if n != "words.weight"}
    state = {
        "net": weights,
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
        "step": step,
    }
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)
