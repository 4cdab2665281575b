"""Candidate words: runs of syllables that stand together more often than chance, counted over one long array of syllable numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ngrams:
    """Runs of one length: `parts` (n, length) syllable numbers, `counts` (n,), and at each place of the text which one starts, or -1."""

    parts: Int32
    counts: Int64
    at: Int32


def _numbered(codes: Int64, valid: npt.NDArray[np.bool_], least: int) -> tuple[Int64, Int64, Int32]:
    """Frequent codes, how often they stand in the text, and which of them stands at each place."""
    found, inverse, counts = np.unique(codes[valid], return_inverse=True, return_counts=True)
    number = np.full(len(found), -1, dtype=np.int32)
    frequent = np.flatnonzero(counts >= least)
    number[frequent] = np.arange(len(frequent), dtype=np.int32)
    at = np.full(len(codes), -1, dtype=np.int32)
    at[valid] = number[inverse.ravel()]
    return found[frequent], counts[frequent].astype(np.int64), at


def count_ngrams(text: Int32, n_syllables: int, longest: int, least: int) -> list[Ngrams]:
    """Return the runs of 1 to `longest` syllables that occur at least `least` times (single syllables: at all).

    Args:
        text: (n,) syllable numbers; -1 ends a stretch, no run crosses it.
        n_syllables: size of the numbering.
        longest: most syllables of a run.
        least: least count.
    """
    counts = np.bincount(text[text >= 0], minlength=n_syllables).astype(np.int64)
    levels = [Ngrams(np.arange(n_syllables, dtype=np.int32)[:, None], counts, text)]
    for _ in range(2, longest + 1):
        before = levels[-1]
        width = max(1, len(before.counts))
        left, right = before.at[:-1].astype(np.int64), before.at[1:].astype(np.int64)
        codes, found, at = _numbered(left * width + right, (left >= 0) & (right >= 0), least)
        parts = np.concatenate([before.parts[codes // width], before.parts[codes % width][:, -1:]], axis=1)
        levels.append(Ngrams(parts, found, np.append(at, np.int32(-1))))
    return levels


def cohesion(levels: list[Ngrams], whole: Ngrams, chosen: npt.NDArray[np.bool_]) -> Float64:
    """Return (n_chosen,) the lowest normalised pointwise mutual information over all ways to cut a run in two.

    Source: Bouma 2009 for the measure; the weakest cut as in Silva and Lopes 1999.

    Args:
        levels: all lengths, from 1.
        whole: one of them.
        chosen: (n,) which of its runs.
    """
    length = whole.parts.shape[1]
    total = float(levels[0].counts.sum())
    index = [{tuple(run): n for run, n in zip(level.parts.tolist(), level.counts.tolist(), strict=True)} for level in levels[: length - 1]]
    runs = whole.parts[chosen].tolist()
    joint = whole.counts[chosen] / total
    scores = np.ones(len(runs))
    for cut in range(1, length):
        left = np.array([index[cut - 1][tuple(run[:cut])] for run in runs], dtype=np.float64) / total
        right = np.array([index[length - cut - 1][tuple(run[cut:])] for run in runs], dtype=np.float64) / total
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.log(joint / (left * right)) / -np.log(joint)
        scores = np.minimum(scores, np.where(joint < 1, value, 1.0))
    return scores
