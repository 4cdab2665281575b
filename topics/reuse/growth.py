"""Which topics and themes have another share in new documents than in those of training, and what else shifted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from topics.reuse.mix import MIN_MONTHS, Mix, Shares

MIN_EXPECTED = 5.0  # documents' worth of a series in the smaller set: below it the normal law is far off
LEVEL = 0.05  # of false changes among those that are listed
LEAST = 0.25  # a share must be so much larger or smaller
MIN_SHIFT = 0.05  # of all documents, to list a language, source or length


class Change(msgspec.Struct, frozen=True):
    """A share that differs: topic or theme, its language, share then and now, deviations from chance, q-value over all series."""

    kind: str
    number: int
    label: str
    language: str
    before: float
    after: float
    z: float
    q: float


class Shift(msgspec.Struct, frozen=True):
    """A part of the documents that differs: what it is of (language, source, length), its name, share then and now."""

    what: str
    name: str
    before: float
    after: float


def grown(before: Mix, after: Mix, names: Sequence[str], n_topics: int) -> Iterator[Change]:
    """Yield series whose share changed, most certain first.

    The difference of two means is compared with how documents scatter and with how months of training differed; with fewer than six months
    only with the former. The family of all series and languages is held to a false discovery rate of 5 % (Benjamini and Hochberg 1995).

    Args:
        before: of training.
        after: of the new documents.
        names: of series, topics first.
        n_topics: number of topics.
    """
    from scipy.stats import false_discovery_control, norm, t

    found: list[tuple[str, int, float, float]] = []
    for language in sorted(before.series.keys() & after.series.keys()):
        then, new = before.series[language], after.series[language]
        for number, z in enumerate(_deviations(then, new)):
            if np.isfinite(z):
                law = t(then.n_months - 1) if then.n_months >= MIN_MONTHS else norm
                found.append((language, number, z, float(2 * law.sf(abs(z)))))
    q_values: list[float] = false_discovery_control([p for *_, p in found]).tolist() if found else []
    listed = sorted(zip(found, q_values, strict=True), key=lambda item: (item[1], -abs(item[0][2])))
    for (language, number, z, _), q in listed:
        old, new_share = before.series[language].mean[number], after.series[language].mean[number]
        if q <= LEVEL and abs(new_share - old) >= LEAST * old:
            kind, place = ("topic", number) if number < n_topics else ("theme", number - n_topics)
            yield Change(kind, place, names[number], language, old, new_share, round(z, 2), float(f"{q:.3g}"))


def _deviations(then: Shares, after: Shares) -> list[float]:
    """Deviations of each series; nan where too few documents hold it."""
    old, new, between = (np.array(values) for values in (then.mean, after.mean, then.between))
    variance = (then.n_docs * np.array(then.variance) + after.n_docs * np.array(after.variance)) / (then.n_docs + after.n_docs)
    pooled = (then.n_docs * old + after.n_docs * new) / (then.n_docs + after.n_docs)
    noise = np.sqrt(variance * (1 / then.n_docs + 1 / after.n_docs) + between * (1 + 1 / max(then.n_months, 1)))
    enough = (pooled * min(then.n_docs, after.n_docs) >= MIN_EXPECTED) & (noise > 0)
    return [float(z) for z in np.where(enough, (new - old) / np.where(noise > 0, noise, 1.0), np.nan)]


def shifts(before: Mix, after: Mix) -> Iterator[Shift]:
    """Yield languages, sources and lengths whose part differs by at least five percent of all documents, the largest difference first."""
    if not after.n_docs:
        return
    found: list[Shift] = []
    kinds = (
        ("language", before.languages, after.languages),
        ("source", before.sources, after.sources),
        ("length", _lengths(before), _lengths(after)),
    )
    for what, then, new in kinds:
        n_then, n_new = max(sum(then.values()), 1), max(sum(new.values()), 1)
        for name in sorted(then.keys() | new.keys()):
            found.append(Shift(what, name, then.get(name, 0) / n_then, new.get(name, 0) / n_new))
    yield from sorted((one for one in found if abs(one.after - one.before) >= MIN_SHIFT), key=lambda one: -abs(one.after - one.before))


def _lengths(mix: Mix) -> dict[str, int]:
    """Documents of each class of length, all languages together."""
    return {str(number): sum(counts) for number, counts in enumerate(zip(*mix.lengths.values(), strict=True))}
