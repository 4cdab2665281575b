"""A change of a share between two spans of time, split into parts that add up: theme, source mix, language mix, reprints."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from topics.core.matrices import Float64, Int64
from topics.core.series import is_finding
from topics.trends._sample import q_values
from topics.trends.news import News
from topics.trends.observations import there_are

Part = Literal["total", "theme", "source_mix", "language_mix", "reprints"]
FACTORS: tuple[Part, ...] = ("theme", "source_mix", "language_mix", "reprints")
ROWS: tuple[Part, ...] = ("total", *FACTORS)
VARYING = ("total", "theme")  # with the news, from period to period
DRAWS = 199
LEVEL = 0.95
MIN_STORIES = 30  # in each span
NAN = math.nan


@dataclass(frozen=True, slots=True)
class ChangePart:
    """How much of the change of a share is due to one factor, in shares; the four parts add up to the `total`.

    `low` and `high` are the 95 % interval from drawing the stories of each span anew, that of the whole and of the theme itself wider by
    the noise of the news; `p` is that of no part and `q` that over the same part of all series; `before` and `after` are the shares (of the
    total alone).
    """

    series: str
    part: Part
    value: float
    low: float
    high: float
    p: float
    q: float
    before: float
    after: float
    decision: str


@dataclass(frozen=True, eq=False)
class Span:
    """The articles of a span of time.

    Args:
        weights: (n_docs, n_series) what each article holds of each series.
        strata: (n_docs,) number of its source and language.
        stories: (n_docs,) number of its story.
    """

    weights: Float64
    strata: Int64
    stories: Int64


@dataclass(frozen=True, eq=False)
class _Rates:
    """What a share is made of, one vote a story, and what copies add to it."""

    theme: Float64  # (n_series, n_strata) share within a source and language
    sources: Float64  # (n_strata,) size of a source within its language
    languages: Float64  # (n_languages,) size of a language
    reprints: Float64  # (n_series,) share of articles less share of stories


def shapley(value: Callable[[tuple[bool, ...]], Float64], n_factors: int) -> list[Float64]:
    """Return the part of each factor in value(all) - value(none): its mean effect over every order in which factors may change.

    For two factors that is Kitagawa's decomposition, for several Das Gupta's.
    Source: Kitagawa 1955; Das Gupta 1993; Shapley 1953.
    """
    known = {at: value(at) for at in itertools.product((False, True), repeat=n_factors)}
    parts: list[Float64] = []
    for factor in range(n_factors):
        part = np.zeros_like(known[(False,) * n_factors])
        for at, early in known.items():
            if not at[factor]:
                size = sum(at)
                weight = math.factorial(size) * math.factorial(n_factors - size - 1) / math.factorial(n_factors)
                part = part + weight * (known[(*at[:factor], True, *at[factor + 1 :])] - early)
        parts.append(part)
    return parts


def _divide(a: Float64, b: Float64) -> Float64:
    return np.asarray(np.divide(a, b, out=np.zeros(np.broadcast_shapes(a.shape, b.shape)), where=b > 0))


def _rates(span: Span, draws: Float64, languages: Int64) -> tuple[_Rates, Float64]:
    """Return the rates of a span, each story weighing as it was drawn (n_stories,), and the stories of each stratum (n_strata,)."""
    article = draws[span.stories]
    vote = article / np.bincount(span.stories, minlength=len(draws))[span.stories]
    stories = np.asarray(np.bincount(span.strata, vote, len(languages)), dtype=np.float64)
    masses = np.stack([np.bincount(span.strata, vote * column, len(languages)) for column in span.weights.T])
    sizes = np.asarray(np.bincount(languages, stories), dtype=np.float64)
    reprints = article @ span.weights / article.sum() - masses.sum(axis=1) / stories.sum()
    return _Rates(_divide(masses.astype(np.float64), stories), _divide(stories, sizes[languages]), sizes / sizes.sum(), reprints), stories


def _filled(own: _Rates, other: _Rates, stories: Float64, languages: Int64) -> _Rates:
    """Give a stratum without stories the share of the other span, so that its coming or going counts as mix alone."""
    silent = np.bincount(languages, stories)[languages] == 0
    theme, sources = np.where(stories == 0, other.theme, own.theme), np.where(silent, other.sources, own.sources)
    return _Rates(theme, sources, own.languages, own.reprints)


def _parts(spans: Sequence[Span], draws: Sequence[Float64], languages: Int64) -> Float64:
    """Return (2 + n_factors, n_series): share before, share after, and the parts of the change in the order of `FACTORS`."""
    (before, n_before), (after, n_after) = (_rates(span, drawn, languages) for span, drawn in zip(spans, draws, strict=True))
    both = _filled(before, after, n_before, languages), _filled(after, before, n_after, languages)

    def share(at: tuple[bool, ...]) -> Float64:
        theme, source, language = (both[late] for late in at)
        return np.asarray(theme.theme @ (language.languages[languages] * source.sources))

    ends = share((False,) * 3) + before.reprints, share((True,) * 3) + after.reprints
    return np.stack([*ends, *shapley(share, 3), after.reprints - before.reprints])


def decompose(
    names: Sequence[str], spans: tuple[Span, Span], languages: Int64, seed: int = 0, news: News | None = None
) -> tuple[ChangePart, ...]:
    """Return the parts of the change of each series' share of articles from the first span to the second.

    With one vote a story, a share is the sum over languages and sources of (size of the language) x (size of the source in it) x (share
    in it); what the share of articles exceeds that by is due to reprints. Intervals draw the stories of each span anew; those of the whole
    and of the theme's own part are wider by what the news varies from period to period.

    Args:
        names: the series.
        spans: the articles of both, numbered alike.
        languages: (n_strata,) number of the language of each stratum.
        seed: of the draws.
        news: how much the share of each series varies between such spans; None takes it for the same in all of them.
    """

    stories = [np.unique(span.stories, return_inverse=True) for span in spans]
    few = min(len(found) for found, _ in stories)
    if few < MIN_STORIES:
        reason = f"not tested: {MIN_STORIES} dated stories in each span are needed, {there_are(few)}"
        return tuple(ChangePart(name, part, *(NAN,) * 7, reason) for name in names for part in ROWS)
    numbered = [Span(span.weights, span.strata, inverse) for span, (_, inverse) in zip(spans, stories, strict=True)]
    sizes = [len(found) for found, _ in stories]
    whole = _parts(numbered, [np.ones(size) for size in sizes], languages)
    rng = np.random.default_rng(seed)
    anew = ([rng.multinomial(size, np.full(size, 1 / size)).astype(np.float64) for size in sizes] for _ in range(DRAWS))
    drawn = np.stack([_parts(numbered, draws, languages) for draws in anew])
    changes = np.concatenate([(drawn[:, 1] - drawn[:, 0])[:, None], drawn[:, 2:]], axis=1)
    values = np.concatenate([(whole[1] - whole[0])[None], whole[2:]])
    low, high, p = _sure(values, changes, whole[:2].mean(axis=0), news)
    q = np.stack([q_values(of_part.tolist()) for of_part in p])
    found: list[ChangePart] = []
    for column, name in enumerate(names):
        for row, part in enumerate(ROWS):
            ends = (float(whole[0, column]), float(whole[1, column])) if part == "total" else (NAN, NAN)
            value, least, most, chance, over = (float(table[row, column]) for table in (values, low, high, p, q))
            words = news.refusal if news and news.refusal else decision(value, least, most, over)
            found.append(ChangePart(name, part, value, least, most, chance, over, *ends, words))
    return tuple(found)


def _sure(values: Float64, changes: Float64, shares: Float64, news: News | None) -> tuple[Float64, Float64, Float64]:
    """Return the bounds and p-values (1 + n_factors, n_series) of parts, by their draws (n_draws, 1 + n_factors, n_series)."""
    from scipy.stats import norm

    tail = (1 - LEVEL) / 2
    low, high = np.quantile(changes, (tail, 1 - tail), axis=0)
    deviations = changes.std(axis=0, ddof=1)
    p = 2 * norm.sf(np.abs(values) / np.maximum(deviations, 1e-300))
    for row, part in enumerate(ROWS):
        if part in VARYING and news and not news.refusal:
            known = news.widened(values[row], deviations[row], shares)
            least, most = known.interval(LEVEL)
            low[row], high[row], p[row] = np.minimum(low[row], least), np.maximum(high[row], most), np.maximum(p[row], known.p)
    return low, high, p


def decision(value: float, low: float, high: float, q: float) -> str:
    """Return what is said of a part: nothing clear unless its interval leaves zero out and so do the q-values."""
    if low <= 0 <= high or not is_finding(q):
        return "no clear part"
    return "raises the share" if value > 0 else "lowers the share"
