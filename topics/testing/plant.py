"""Planted trends: labelled documents drawn so that the share of one label follows a known curve.

Whoever wants to know whether a method's trends can be believed needs documents whose trend is known. `plant` draws stories period by
period: how many of them carry the label follows a curve, with noise of the news that hangs on from period to period; each may be
reprinted, be dated only to a quarter or half-year, and come from sources that come and go. A second language may follow the first one
some periods later or earlier. What a method then finds is compared with `Planted.expected` and `Plan.lag`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from topics.core.documents import Body, Corpus, DateEstimate, DocumentInfo
from topics.core.errors import require
from topics.core.hashing import digest
from topics.core.matrices import Float64, Int64

Curve = Literal["flat", "linear", "logistic", "step", "pulse", "seasonal", "u"]
Sizes = Literal["even", "uneven", "growing"]
CURVES: tuple[Curve, ...] = ("flat", "linear", "logistic", "step", "pulse", "seasonal", "u")
Bools = npt.NDArray[np.bool_]
MAX_COPIES, MAX_LAG = 40, 3
N_SOURCES = 6
LANGUAGES = ("en", "vi")
START = date(2010, 1, 1)


@dataclass(frozen=True)
class Plan:
    """What is planted.

    Args:
        curve: course of the label's logit.
        n_periods: months.
        base: share at the middle of the curve.
        change: size of the curve, from its lowest to its highest logit.
        rho: autocorrelation of the noise of the news.
        noise: its deviation on the logit; 0 for none.
        sizes: stories a period: all `mean_size`; log-uniform from 5 to twice `mean_size`; or growing from 5 to that.
        mean_size: stories a period.
        reprints: whether stories are printed again, Zipf(2) times, at most 40.
        vague: part of the documents whose date is known to the quarter or (every second one) half-year only.
        turnover: whether sources come and go; they differ in how much they write of the label.
        languages: one, or two that tell no story together, each with as many as `mean_size` and `sizes` say.
        lag: by how many periods, -3 to 3, the second language has curve and noise later than the first; None where the noise of each is
            its own.
    """

    curve: Curve = "flat"
    n_periods: int = 24
    base: float = 0.15
    change: float = 1.0
    rho: float = 0.0
    noise: float = 0.0
    sizes: Sizes = "even"
    mean_size: int = 40
    reprints: bool = False
    vague: float = 0.0
    turnover: bool = False
    languages: Literal[1, 2] = 1
    lag: int | None = None

    def __post_init__(self) -> None:
        known = self.curve in CURVES and self.sizes in get_args(Sizes)
        require(known, f"there is no curve {self.curve!r}, or no sizes {self.sizes!r}", where="Plan")
        require(math.isfinite(self.change) and math.isfinite(self.noise), "change or noise is no number", where="Plan")
        require(self.lag is None or isinstance(self.lag, int), f"a lag of {self.lag} is no whole number of periods", where="Plan")
        inside = 0 < self.base < 1 and 0 <= self.rho < 1 and 0 <= self.vague <= 1 and self.noise >= 0
        require(inside, "base, rho, vague or noise out of range", where="Plan")
        require(self.n_periods > 0 and self.mean_size > 2, "too few periods or stories", where="Plan")
        require(self.languages in (1, 2), "one or two languages", where="Plan")
        follows = self.lag is None or (self.languages == 2 and abs(self.lag) <= MAX_LAG)
        require(follows, f"a lag needs two languages, and at most {MAX_LAG} periods", where="Plan")


@dataclass(frozen=True, eq=False)
class Truth:
    """Shares that were planted, each (n_periods,).

    Args:
        course: what the curve alone gives.
        expected: with the noise and the sources of the period: what an estimate of the share is to find.
        even_mix: with the noise, were the sources the same throughout.
    """

    course: Float64
    expected: Float64
    even_mix: Float64


@dataclass(frozen=True, eq=False)
class Planted:
    """Documents and their truth.

    Args:
        plan: what was asked for; `plan.lag` is the truth of a lead.
        languages: the truth of each language.
        row: (n_docs,) document of the pool.
        label: (n_docs,) whether it carries the label.
        period: (n_docs,) its true period.
        story: (n_docs,) number of its story.
        source: (n_docs,) number of its source.
        language: (n_docs,) number of its language.
        dates: of each document, as a reader would know it.
    """

    plan: Plan
    languages: tuple[Truth, ...]
    row: Int64
    label: Bools
    period: Int64
    story: Int64
    source: Int64
    language: Int64
    dates: tuple[DateEstimate, ...]

    @property
    def course(self) -> Float64:
        """Share (n_periods,) of the first language that the curve alone gives."""
        return self.languages[0].course

    @property
    def expected(self) -> Float64:
        """Share (n_periods,) of the first language with the noise and the sources of the period."""
        return self.languages[0].expected

    @property
    def even_mix(self) -> Float64:
        """Share (n_periods,) of the first language with the noise, were the sources the same throughout."""
        return self.languages[0].even_mix

    def corpus(self) -> tuple[Corpus, Int64]:
        """Return the documents as a corpus without texts, and for each of its documents its number here."""
        ids = [f"{number:06d}" for number in range(len(self.row))]
        keys = [digest(["planted", identifier]) for identifier in ids]
        order = sorted(range(len(ids)), key=lambda number: keys[number])
        infos = tuple(
            DocumentInfo(
                id=ids[n],
                content_hash=keys[n],
                file="planted",
                record=n + 1,
                source=f"source {self.source[n]}",
                language=LANGUAGES[self.language[n]],
                date=self.dates[n],
                story=f"story {self.story[n]}",
            )
            for n in order
        )
        return Corpus(infos, tuple(Body("") for _ in infos)), np.array(order, dtype=np.int64)


def course_of(curve: Curve, n_periods: int, later: int = 0) -> Float64:
    """Return (n_periods,) a curve between -1/2 and 1/2; one that comes some periods later goes on as it began, and may leave these."""
    x = np.linspace(0.0, 1.0, n_periods) - later / max(1, n_periods - 1)
    courses: dict[Curve, Float64] = {
        "flat": np.zeros(n_periods),
        "linear": x - 0.5,
        "logistic": _expit(12 * (x - 0.5)) - 0.5,
        "step": np.asarray(x >= 0.5, dtype=np.float64) - 0.5,
        "pulse": np.asarray(np.abs(x - 0.5) <= max(0.06, 0.501 / max(1, n_periods - 1)), dtype=np.float64) - 0.5,  # one period at least
        "seasonal": 0.5 * np.sin(2 * np.pi * (np.arange(n_periods) - later) / 12),
        "u": 4 * (x - 0.5) ** 2 - 0.5,
    }
    return courses[curve]


def autoregressive(generator: np.random.Generator, n_periods: int, rho: float, deviation: float) -> Float64:
    """Return (n_periods,) stationary first-order noise."""
    shocks = generator.normal(0.0, deviation, n_periods) if deviation else np.zeros(n_periods)
    noise = shocks.copy()
    for t in range(1, n_periods):
        noise[t] = rho * noise[t - 1] + np.sqrt(1 - rho**2) * shocks[t]
    return noise


def sizes_of(generator: np.random.Generator, plan: Plan) -> Int64:
    """Return (n_periods,) stories of each period."""
    if plan.sizes == "even":
        return np.full(plan.n_periods, plan.mean_size, dtype=np.int64)
    if plan.sizes == "growing":
        return np.geomspace(5, 2 * plan.mean_size, plan.n_periods).round().astype(np.int64)
    return np.exp(generator.uniform(np.log(5), np.log(2 * plan.mean_size), plan.n_periods)).round().astype(np.int64)


def _sources(plan: Plan) -> tuple[Float64, Float64]:
    """How much of each period each source writes (n_periods, n_sources), and what it adds to the label's logit (n_sources,)."""
    even = np.full((plan.n_periods, N_SOURCES), 1 / N_SOURCES)
    if not plan.turnover:
        return even, np.zeros(N_SOURCES)
    x = np.linspace(0.0, 1.0, plan.n_periods)[:, None]
    centres = np.linspace(0.0, 1.0, N_SOURCES)[None, :]
    mix = 0.02 + np.exp(-(((x - centres) / 0.35) ** 2))
    return mix / mix.sum(axis=1, keepdims=True), np.linspace(-0.6, 0.6, N_SOURCES)


def plant(plan: Plan, seed: int, pool: Bools | None = None) -> Planted:
    """Draw documents.

    Args:
        plan: what to plant.
        seed: other documents for another one.
        pool: (n_pool,) which documents of a labelled set carry the label; they are drawn with replacement. None for documents without
            text: then `row` is -1.

    Raises:
        ContractError: the pool has no document with the label, or none without it.
    """
    generator = np.random.default_rng(seed)
    require(pool is None or 0 < pool.sum() < len(pool), "the pool needs documents with the label and without it", where="plant")
    sides = [_side(generator, plan, levels, pool) for levels in _levels(generator, plan)]
    drawn = [each for _, each in sides]
    firsts = np.cumsum([0, *(int(each.story.max()) + 1 for each in drawn)])
    language = np.repeat(np.arange(len(drawn)), [len(each.row) for each in drawn])
    row, label, period, story, source = (
        np.concatenate([getattr(each, name) for each in drawn]) for name in ("row", "label", "period", "story", "source")
    )
    dates = tuple(estimate for each in drawn for estimate in each.dates)
    return Planted(plan, tuple(truth for truth, _ in sides), row, label, period, story + firsts[language], source, language, dates)


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Documents of one language, as `Planted` has them."""

    row: Int64
    label: Bools
    period: Int64
    story: Int64
    source: Int64
    dates: tuple[DateEstimate, ...]


def _levels(generator: np.random.Generator, plan: Plan) -> list[tuple[Float64, Float64]]:
    """Return for each language (n_periods,) logits of the curve alone and of curve and noise; a lag moves both."""
    n, middle = plan.n_periods, np.log(plan.base / (1 - plan.base))
    if plan.lag is None:
        courses = [middle + plan.change * course_of(plan.curve, n)] * plan.languages
        return [(course, course + autoregressive(generator, n, plan.rho, plan.noise)) for course in courses]
    noise = autoregressive(generator, n + 2 * MAX_LAG, plan.rho, plan.noise)
    courses = [middle + plan.change * course_of(plan.curve, n, later) for later in (0, plan.lag)]
    starts = (MAX_LAG, MAX_LAG - plan.lag)
    return [(course, course + noise[start : start + n]) for course, start in zip(courses, starts, strict=True)]


def _side(generator: np.random.Generator, plan: Plan, levels: tuple[Float64, Float64], pool: Bools | None) -> tuple[Truth, _Drawn]:
    """Draw the documents of one language."""
    course, logits = levels
    mix, of_source = _sources(plan)
    by_source = _expit(logits[:, None] + of_source[None, :])
    sizes = sizes_of(generator, plan)
    period = np.repeat(np.arange(plan.n_periods), sizes)
    source = (generator.random(len(period))[:, None] > np.cumsum(mix, axis=1)[period]).sum(axis=1).clip(max=N_SOURCES - 1)
    label = generator.random(len(period)) < by_source[period, source]
    row = np.full(len(period), -1, dtype=np.int64)
    if pool is not None:
        for kind in (False, True):
            row[label == kind] = generator.choice(np.flatnonzero(pool == kind), int((label == kind).sum()))
    copies = np.minimum(generator.zipf(2.0, len(period)), MAX_COPIES) if plan.reprints else np.ones(len(period), dtype=np.int64)
    story = np.repeat(np.arange(len(period)), copies)
    truth = Truth(_expit(course), (mix * by_source).sum(axis=1), by_source @ mix.mean(axis=0))
    dates = _dates(generator, period[story], plan.vague)
    return truth, _Drawn(row[story], label[story], period[story], story, source[story], dates)


def _expit(values: Float64) -> Float64:
    return np.asarray(1 / (1 + np.exp(-values)))


def _month(number: int) -> date:
    return date(START.year + number // 12, number % 12 + 1, 1)


def _dates(generator: np.random.Generator, period: Int64, vague: float) -> tuple[DateEstimate, ...]:
    day, draw = generator.integers(0, 28, len(period)).tolist(), generator.random((len(period), 2)).tolist()
    found: list[DateEstimate] = []
    for number, offset, (first, second) in zip(period.tolist(), day, draw, strict=True):
        if first >= vague:
            point = _month(number) + timedelta(days=offset)
            found.append(DateEstimate(point, point, point, "day", 1.0, "planted"))
        else:
            length = 3 if second < 0.5 else 6
            start = number - number % length
            last = _month(start + length) - timedelta(days=1)
            found.append(DateEstimate(None, _month(start), last, "quarter" if length == 3 else "interval", 1.0, "planted"))
    return tuple(found)
