"""How the report opens: what was read, what stands in the way of trusting it, what it cannot show."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from datetime import date

import numpy as np

from topics.core.documents import DocumentInfo
from topics.ingest.warnings import corpus_warnings
from topics.pipeline import Study, refits
from topics.report.material import Material
from topics.report.sections.values import Fact
from topics.report.told import told
from topics.theming import COMBINED
from topics.trends.observations import MIN_DOCS, MIN_PERIODS

SMALL = 50
DOMINANT = 0.9
FEW_PERIODS = 12
MOVED = 0.3  # of the weight with other sources from some day on: total variation
TRIED = 10  # parts of the time between which a mix may change
LISTED = 12


def lead(material: Material) -> tuple[str, ...]:
    """Return the opening sentences: what was read, how far it reaches, what was found."""
    study, say = material.study, material.say
    account, n = study.account, len(study.corpus)
    counts = {"seen": account.seen, "quarantined": len(account.quarantined), "duplicates": account.duplicates}
    sentences = [say("lead.read", n=n, stories=len(study.training_rows), **counts)]
    points = sorted(info.date.point for info in study.corpus.infos if info.date.point)
    if points:
        sentences.append(say("lead.days", dated=len(points), first=points[0], last=points[-1], undated=n - len(points)))
    if n < SMALL:
        found = study.theme_scores.present.sum(axis=0).tolist()
        sentences += [say("lead.theme", theme=name, n=count, total=n) for name, count in zip(material.themes.values(), found, strict=True)]
    sentences += [say("lead.model", model=material.title(name), n=study.model(name).result.n_topics) for name in study.fitted]
    return tuple(sentences)


def banners(material: Material) -> tuple[str, ...]:
    """Return what a reader must know before any figure: few articles, few periods, another mix of sources, topics that do not come back."""
    study, say = material.study, material.say
    n, periods = len(study.corpus), n_complete(study)
    found: list[str] = []
    if n < SMALL:
        found.append(say("banner.few_articles", n=n))
    elif MIN_PERIODS <= periods < FEW_PERIODS:
        found.append(say("banner.few_periods", n=periods))
    moved, day = mix_change(study.corpus.infos) if n >= SMALL else (0.0, None)
    if moved >= MOVED:
        found.append(say("banner.mix", moved=say.percent(moved), day=day))
    return (*found, *_unstable(material))


def mix_change(infos: tuple[DocumentInfo, ...]) -> tuple[float, date | None]:
    """Return how much of the articles' weight lies with other sources from some day on than before (total variation, 0 to 1), and that day.

    The day is the one of those tried, tenths of the time and the middle of the dated articles, from which most is other. What two parts of
    one mix would differ by is taken off: half the sum of the standard errors of the parts of the sources.
    """
    dated = sorted((info.date.point, info.source) for info in infos if info.date.point)
    if len(dated) < SMALL:
        return 0.0, None
    days, total = [day for day, _ in dated], Counter(source for _, source in dated)
    span = (days[-1] - days[0]) / TRIED
    tried = sorted({days[len(days) // 2], *(days[0] + number * span for number in range(1, TRIED))})
    found: tuple[float, date | None] = (0.0, None)
    for day in tried:
        n = bisect_left(days, day)
        if min(n, len(days) - n) >= SMALL // 2:
            moved = _moved(Counter(source for _, source in dated[:n]), total, n)
            found = max(found, (moved, day), key=lambda item: item[0])
    return found


def _moved(before: Counter[str], total: Counter[str], n: int) -> float:
    """How far the mix of the first `n` articles lies from that of all others, beyond chance."""
    rest = sum(total.values()) - n
    parts = [(before[source] / n, (total[source] - before[source]) / rest) for source in sorted(total)]
    distance = sum(abs(a - b) for a, b in parts) / 2
    share = [total[source] / (n + rest) for source in sorted(total)]
    chance = sum(float(np.sqrt(p * (1 - p) * (1 / n + 1 / rest))) for p in share) / 2
    return max(0.0, distance - chance)


def _unstable(material: Material) -> Iterator[str]:
    """Topics that came back in fewer than half of the fits from other seeds, where the study asks for such."""
    for name in material.study.fitted:
        again = refits(material.study, name)
        if not again:
            continue
        back = np.isfinite(np.array([refit.similarity for refit in again])).mean(axis=0)
        lost = [str(topic) for topic in np.flatnonzero(back < 0.5)]
        if lost:
            listed = ", ".join(lost[:LISTED]) + (" …" if len(lost) > LISTED else "")
            yield material.say("banner.unstable", model=material.title(name), n=len(lost), total=len(back), topics=listed)


def limits(material: Material) -> tuple[Fact, ...]:
    """Return what these data cannot show."""
    study, say = material.study, material.say
    read = [told(say, sentence) for sentence in (*study.account.warnings, *corpus_warnings(study.corpus.infos))]
    return (*(Fact("", found.text, found.foreign) for found in read), *(Fact("", sentence) for sentence in _own_limits(material)))


def _own_limits(material: Material) -> Iterator[str]:
    study, say = material.study, material.say
    n, stories, complete = len(study.corpus), len(study.training_rows), n_complete(study)
    if stories < SMALL:
        yield say("limits.few_stories", stories=stories)
    if n < MIN_DOCS or complete < MIN_PERIODS:
        yield say("limits.no_trend", docs=MIN_DOCS, periods=MIN_PERIODS, n=n, complete=complete)
    sources = Counter(info.source for info in study.corpus.infos)
    name, most = max(sources.items(), key=lambda item: (item[1], item[0]))
    if most > DOMINANT * n and n >= SMALL:
        yield say("limits.one_source", share=say.percent(most / n), source=name)
    yield say("limits.shares")
    if study.fitted:
        yield say("limits.topics")
    if "bertopic" in study.fitted and not study.preparation.embedder.aligned:
        yield say("limits.apart")


def n_complete(study: Study) -> int:
    """Return the number of complete periods with articles."""
    series = study.trends(COMBINED)
    names = series.names()
    return sum(cell.complete and cell.n_docs > 0 for cell in series.of(names[0])) if names else 0
