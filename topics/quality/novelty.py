"""How new a document is to a model, on a scale made of documents that the model did not see.

Two things surprise: words that the vocabulary lacks, and known words that the topics do not expect. Both depend on language and length, so
each is ranked among left-out training documents of one language and about one length; the two ranks together are ranked again. So among
documents like those of training novelty is uniform between 0 and 1, whatever their length.
Source: conformal p-values, Vovk, Gammerman and Shafer 2005; Fisher's sum of logarithms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from topics.core.errors import require
from topics.core.matrices import Float64, Int64

EDGES = (16, 32, 64, 128, 256, 512, 1024)  # words of a document: where classes of length begin
ENOUGH = 100  # documents of a class, to which no openings of longer ones are added
SHOWN, SHOWN_ALL = 200, 1000  # values kept of a class, and of a language
EVERY = ""  # the scale of all languages together, for those that have none
NOVEL = 0.95  # novelty from which a document is called novel: one in twenty like those of training


class LengthClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Left-out documents of about one length: class number, and the sorted values of fit and of the share of unknown words."""

    number: int
    fit: tuple[float, ...]
    unknown: tuple[float, ...]


class Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The scale of a language.

    Args:
        classes: by rising length.
        surprise: sorted, of its left-out documents.
        n_docs: their number.
        fit, unknown: their medians.
    """

    classes: tuple[LengthClass, ...]
    surprise: tuple[float, ...]
    n_docs: int
    fit: float
    unknown: float

    def __post_init__(self) -> None:
        values = [value for one in self.classes for listed in (one.fit, one.unknown) for value in listed]
        sized = all(one.fit and one.unknown for one in self.classes)
        require(bool(self.classes) and sized and bool(self.surprise), "a scale of novelty holds no values", where="Scale")
        require(min(values) >= 0 and max(values) <= 1, "fits and shares of training documents lie outside 0 to 1", where="Scale")
        require(bool(np.isfinite(self.surprise).all()), "a surprise is no number", where="Scale")


@dataclass(frozen=True, eq=False)
class Scores:
    """What is known of documents, all (n_docs,).

    Args:
        languages: codes.
        lengths: words.
        fit: cosine with the words that the topics expect.
        unknown: share of content words that the vocabulary lacks.
        whole: False for the opening of a document that stands for a short one.
    """

    languages: tuple[str, ...]
    lengths: Int64
    fit: Float64
    unknown: Float64
    whole: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

    def rows(self, rows: Int64) -> Scores:
        """Return some of them."""
        return Scores(tuple(self.languages[row] for row in rows), self.lengths[rows], self.fit[rows], self.unknown[rows], self.whole[rows])


def join(parts: Sequence[Scores]) -> Scores:
    """Return the documents of several parts."""
    names = tuple(name for part in parts for name in part.languages)
    lengths = np.concatenate([part.lengths for part in parts])
    fit, unknown = (np.concatenate([getattr(part, name) for part in parts]) for name in ("fit", "unknown"))
    return Scores(names, lengths, fit, unknown, np.concatenate([part.whole for part in parts]))


def length_classes(lengths: Int64) -> Int64:
    """Return (n_docs,) the class of each length."""
    return np.asarray(np.digitize(lengths, EDGES), dtype=np.int64)


def learn_scales(scores: Scores) -> dict[str, Scale]:
    """Return the scale of each language, and under `EVERY` that of all together.

    Args:
        scores: of left-out training documents; openings fill the classes of length that have too few whole ones.
    """
    names = np.array(scores.languages, dtype=np.str_)
    members = {str(name): np.flatnonzero(names == name) for name in np.unique(names)}
    members[EVERY] = np.arange(len(names))
    return {name: _scale(scores.rows(rows.astype(np.int64))) for name, rows in sorted(members.items())}


def _scale(scores: Scores) -> Scale:
    numbers = length_classes(scores.lengths)
    classes: list[LengthClass] = []
    for number in np.unique(numbers).tolist():
        inside = numbers == number
        if (inside & scores.whole).sum() >= ENOUGH:
            inside &= scores.whole
        fit, unknown = (_spread(np.sort(values[inside]), SHOWN) for values in (scores.fit, scores.unknown))
        classes.append(LengthClass(number, fit, unknown))
    whole = scores.rows(np.flatnonzero(scores.whole).astype(np.int64))
    surprise = np.sort(_surprise(tuple(classes), whole))
    middle = (float(np.median(whole.fit)), float(np.median(whole.unknown)))
    return Scale(tuple(classes), _spread(surprise, SHOWN_ALL), len(whole.fit), *middle)


def _spread(ordered: Float64, most: int) -> tuple[float, ...]:
    """At most so many of sorted values, evenly spaced, to six digits."""
    places = np.linspace(0, len(ordered) - 1, min(most, len(ordered))).round().astype(int)
    return tuple(float(f"{value:.6g}") for value in ordered[places].tolist())


def _surprise(classes: tuple[LengthClass, ...], scores: Scores) -> Float64:
    """(n_docs,) minus the logarithms of how often left-out documents of about the same length fit as badly, and know as few words."""
    there, found = np.array([one.number for one in classes]), np.zeros(len(scores.fit))
    nearest = np.abs(length_classes(scores.lengths)[:, None] - there[None, :]).argmin(axis=1)
    for place, one in enumerate(classes):
        rows = nearest == place
        n = len(one.fit)
        worse = np.searchsorted(np.array(one.fit), scores.fit[rows] + 1e-6, side="right")
        fewer = n - np.searchsorted(np.array(one.unknown), scores.unknown[rows] - 1e-6, side="left")
        found[rows] = -np.log((1 + worse) / (n + 1)) - np.log((1 + fewer) / (n + 1))
    return found


def novelty(scales: Mapping[str, Scale], scores: Scores) -> Float64:
    """Return (n_docs,) the share of left-out training documents of a document's language that surprised less; below 1."""
    names, found = np.array(scores.languages, dtype=np.str_), np.zeros(len(scores.fit))
    for name in np.unique(names):
        scale, rows = scales.get(str(name), scales[EVERY]), np.flatnonzero(names == name).astype(np.int64)
        ordered = np.array(scale.surprise)
        as_much = len(ordered) - np.searchsorted(ordered, _surprise(scale.classes, scores.rows(rows)) - 1e-6, side="left")
        found[rows] = 1 - (1 + as_much) / (len(ordered) + 1)
    return found
