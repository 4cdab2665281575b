"""What new documents are beside those that a model was fitted on: what grew, what does not fit, what shifted, and whether to fit again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from heapq import heappush, heappushpop

import msgspec
import numpy as np

from topics.core.matrices import Int64
from topics.quality.novelty import EVERY, NOVEL
from topics.reuse.artefact import Artifact, Transformed
from topics.reuse.growth import Change, Shift, grown, shifts
from topics.reuse.mix import Gathered
from topics.reuse.novel_groups import Group, NovelDocument, groups_of, unknown_terms
from topics.reuse.training_profile import series_of

MIN_STORIES = 20  # of a language, to say that the model no longer fits it
TOO_MANY = 0.10  # share of novel stories from which a model is out of date: twice as many as among those of training
LEVEL = 0.05  # of a false alarm, over all languages together
KEPT = 2000  # novel documents whose words are looked at, the most novel first


class LanguageFit(msgspec.Struct, frozen=True):
    """How well new stories of a language fit.

    Args:
        language: code.
        n_stories: new stories.
        known: whether the model was fitted on that language.
        fit, fit_before, unknown, unknown_before: medians now, and of documents like those of training.
        novel: share of novel stories; one in twenty among those like training.
        p: chance of so many among documents like those of training.
        too_many: whether that is unlikely, and they are at least a tenth.
    """

    language: str
    n_stories: int
    known: bool
    fit: float
    fit_before: float
    unknown: float
    unknown_before: float
    novel: float
    p: float
    too_many: bool


class ReuseReport(msgspec.Struct, frozen=True):
    """New documents against those of training.

    Args:
        n_docs: new documents.
        n_known: of them, documents that the model was fitted on; nothing below counts them.
        n_stories: other documents, one of each story.
        n_months: months of training by which it is known how months differ, of the language with most.
        left_out: whether novelty was calibrated on documents that the model had not seen.
        languages: how well each fits.
        changes: topics and themes whose share differs from that of training by more than chance, and by more than months of it differed.
        shifts: languages, sources and lengths whose part is another.
        unknown_terms: (term, novel stories that hold it), the most frequent first.
        groups: novel stories that share unknown words.
        refit_advised: whether the model should be fitted again.
        reasons: why, or why not.
    """

    n_docs: int
    n_known: int
    n_stories: int
    n_months: int
    left_out: bool
    languages: tuple[LanguageFit, ...]
    changes: tuple[Change, ...]
    shifts: tuple[Shift, ...]
    unknown_terms: tuple[tuple[str, int], ...]
    groups: tuple[Group, ...]
    refit_advised: bool
    reasons: tuple[str, ...]


class Tally:
    """Gathers the report part by part; memory does not grow with the number of documents."""

    def __init__(self, artifact: Artifact) -> None:
        self._artifact = artifact
        self._known = frozenset(artifact.model.result.documents.doc_ids)
        self._gathered = Gathered(artifact.model.result.n_topics + len(artifact.themes.themes))
        self._n_docs = self._n_known = 0
        self._values: dict[str, Counter[tuple[str, float]]] = {}
        self._novel: Counter[str] = Counter()
        self._kept: list[tuple[float, str, NovelDocument]] = []

    def add(self, found: Transformed) -> None:
        """Take the next part."""
        infos = found.corpus.infos
        new = np.array([info.id not in self._known for info in infos], dtype=bool)
        self._n_docs += len(infos)
        self._n_known += len(infos) - int(new.sum())
        rows = np.flatnonzero(new & np.array([info.canonical for info in infos], dtype=bool)).astype(np.int64)
        self._gathered.add(infos, series_of(found.documents, found.themes), rows)
        for row in rows.tolist():
            values = self._values.setdefault(infos[row].language, Counter())
            values["fit", round(float(found.fit[row]), 3)] += 1
            values["unknown", round(float(found.prepared.unknown[row]), 3)] += 1
        self._keep(found, rows[found.novelty[rows] >= NOVEL])

    def _keep(self, found: Transformed, rows: Int64) -> None:
        wanted = set(rows.tolist())
        for row, document in enumerate(found.corpus if wanted else ()):
            if row not in wanted:
                continue
            info = document.info
            self._novel[info.language] += 1
            new = (
                float(found.novelty[row]),
                info.id,
                NovelDocument(info.id, info.title, unknown_terms(self._artifact.preparation, document)),
            )
            if len(self._kept) < KEPT:
                heappush(self._kept, new)
            else:
                heappushpop(self._kept, new)

    def report(self) -> ReuseReport:
        """Return what was gathered."""
        profile, mix = self._artifact.profile, self._gathered.mix()
        languages = tuple(self._languages(mix.languages))
        names = [*self._artifact.labels, *(theme.key for theme in self._artifact.themes.themes)]
        n_topics = self._artifact.model.result.n_topics
        kept = [item for _, _, item in sorted(self._kept, key=lambda one: (-one[0], one[1]))]
        terms = Counter(term for item in kept for term in item.terms)
        frequent = sorted(terms.items(), key=lambda item: (-item[1], item[0]))[:30]
        n_months = max((shares.n_months for shares in profile.mix.series.values()), default=0)
        advised, reasons = _verdict(languages, mix.n_docs)
        return ReuseReport(
            self._n_docs, self._n_known, mix.n_docs, n_months, profile.left_out, languages, tuple(grown(profile.mix, mix, names, n_topics)),
            tuple(shifts(profile.mix, mix)), tuple(frequent), groups_of(kept), advised, reasons,
        )  # fmt: skip

    def _languages(self, counts: dict[str, int]) -> Iterator[LanguageFit]:
        profile, leave_out = self._artifact.profile, self._artifact.preparation.config.leave_out
        tested = [name for name, n in counts.items() if n >= MIN_STORIES]
        for name, n in counts.items():
            scale = profile.scales.get(name, profile.scales[EVERY])
            p = _chance(self._novel[name], n, scale.n_docs)
            share = self._novel[name] / n
            known = name in profile.mix.languages and name not in leave_out
            too_many = known and name in tested and share >= TOO_MANY and p <= LEVEL / len(tested)
            fit, unknown = (_median(self._values[name], what) for what in ("fit", "unknown"))
            yield LanguageFit(name, n, known, fit, scale.fit, unknown, scale.unknown, share, p, too_many)


def _chance(novel: int, n_docs: int, n_left_out: int) -> float:
    """Chance of so many novel documents among those like training; the scale itself is of so many documents."""
    from scipy.stats import betabinom

    above = (1 - NOVEL) * (n_left_out + 1)
    return float(betabinom.sf(novel - 1, n_docs, above, n_left_out + 1 - above))


def _median(values: Counter[tuple[str, float]], what: str) -> float:
    found = sorted((value, n) for (name, value), n in values.items() if name == what)
    middle, seen = sum(n for _, n in found) / 2, 0
    for value, n in found:
        seen += n
        if seen >= middle:
            return value
    return 0.0


def _verdict(languages: Sequence[LanguageFit], n_stories: int) -> tuple[bool, tuple[str, ...]]:
    """Whether to fit again: too many novel stories in a language, or too many stories in languages that the model does not know."""
    if not n_stories:
        return False, ("Every document is one that the model was fitted on.",)
    reasons = [
        f"{one.novel:.0%} of {one.n_stories:,} new stories in {one.language} are novel, 5% of those like the training documents "
        f"(chance of so many: {one.p:.2g})."
        for one in languages
        if one.too_many
    ]
    strange = sum(one.n_stories for one in languages if not one.known)
    if strange >= MIN_STORIES and strange / n_stories >= TOO_MANY:
        reasons.append(f"{strange / n_stories:.0%} of {n_stories:,} new stories are in languages that the model was not fitted on.")
    if reasons:
        return True, tuple(reasons)
    few = [one for one in languages if one.known and one.n_stories < MIN_STORIES]
    said = f"No language has at least {TOO_MANY:.0%} novel stories and more than chance gives."
    if not any(one.n_stories >= MIN_STORIES for one in languages):
        said = f"Fewer than {MIN_STORIES} new stories in each language, too few to judge the model by."
    return False, (said, *(f"{one.language}: {one.n_stories} new stories, too few to judge." for one in few if len(languages) > 1))
