"""A study's model fitted anew on its grown corpus; ids and names of topics go on from an earlier artefact, and so do their trends."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from topics.artifacts.manifest import Provenance, find_files, read_manifest
from topics.artifacts.store import check_outside, check_replaceable, check_writable, publish
from topics.core.codecs import read_json
from topics.core.errors import DataError
from topics.core.registry import discover
from topics.core.results import TopicResult
from topics.core.series import TrendCell
from topics.pipeline import Study
from topics.progress import stage
from topics.quality.lineage import Lineage, trace
from topics.reading import check_not_in_artefact
from topics.reuse.artefact import Artifact, load_artifact
from topics.reuse.identity import NAME, PREVIOUS, TopicIds, carry_ids, table_names, write_ids
from topics.stages import LABELS
from topics.tables import Cell, render_csv
from topics.trends.aggregate import ALL, Weights, aggregate
from topics.trends.periods import period_of

EVENTS = ("event", "old_id", "old_name", "new_id", "new_name", "documents", "null", "old_share", "new_share", "similarity")
SEAM = (
    "topic", "name", "language", "period", "n_docs", "n_known", "old_share", "old_low", "old_high", "new_share", "new_low", "new_high",
    "gap",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Refitted:
    """An earlier model and a new one over the documents of one study.

    Args:
        study: with the grown corpus.
        before, after: ids and names of the topics of both.
        old, new: topics of both, with the weights of all documents of the study.
        found: how they hang together.
        known: ids of the documents that the earlier model was fitted on.
    """

    study: Study
    before: TopicIds
    after: TopicIds
    old: TopicResult
    new: TopicResult
    found: Lineage
    known: frozenset[str] = frozenset()

    def event_rows(self) -> Iterator[tuple[Cell, ...]]:
        """Yield what became of the topics: kept, split (a row a part), merged (a row a part), ended, born."""
        found = self.found
        kept = list(found.kept.items())
        split = [(topic, part) for topic, parts in found.splits.items() for part in parts]
        merged = [(part, topic) for topic, parts in found.merges.items() for part in parts]
        for event, pairs in (("kept", kept), ("split", split), ("merged", merged)):
            for old, new in pairs:
                at = (old, new)
                numbers = (int(found.shared[at]), int(found.null[at]), float(found.of_left[at]), float(found.of_right[at]))
                yield (event, *_known(self.before, old), *_known(self.after, new), *numbers, float(found.alignment.similarity[at]))
        gone, come = ({pair[side] for pair in kept + split + merged} for side in (0, 1))
        for old in range(self.old.n_topics):
            if old not in gone:
                yield ("ended", *_known(self.before, old), None, None, int(found.n_left[old]), None, None, None, None)
        for new in range(self.new.n_topics):
            if new not in come:
                yield ("born", None, None, *_known(self.after, new), int(found.n_right[new]), None, None, None, None)

    def seam_rows(self) -> Iterator[tuple[Cell, ...]]:
        """Yield the share of each topic in each period by the earlier model, by the new one, and the gap between them."""
        old, new = self._cells(self.old, self.before), self._cells(self.new, self.after)
        known = self._known_articles()
        names = dict(zip(self.before.ids, self.before.names, strict=True)) | dict(zip(self.after.ids, self.after.names, strict=True))
        for language, topic, period in sorted(old.keys() | new.keys()):
            one, other = old.get((language, topic, period)), new.get((language, topic, period))
            n_docs = next(cell.n_docs for cell in (one, other) if cell is not None)
            gap = other.share - one.share if one is not None and other is not None else None
            yield (topic, names[topic], language, period, n_docs, known[language, period], *_share(one), *_share(other), gap)

    def _known_articles(self) -> Counter[tuple[str, str]]:
        """Articles that the earlier model was fitted on, by language and period."""
        infos, unit = self.study.corpus.infos, self.study.config.trends.period
        placed = ((period_of(info.date, unit) or "", info.language) for info in infos if info.id in self.known)
        return Counter((language, period) for period, own in placed for language in (own, ALL))

    def _cells(self, result: TopicResult, known: TopicIds) -> dict[tuple[str, int, str], TrendCell]:
        trends, names = self.study.config.trends, tuple(map(str, known.ids))
        weights = Weights("topic", result.card.kind, names, result.documents.weights.astype(np.float64), partition=True)
        series = aggregate(self.study.corpus, weights, trends.period, as_of=self.study.as_of, weighting=trends.weighting)
        return {(cell.language, int(cell.series), cell.period): cell for cell in series.cells if cell.series in names}


def _known(ids: TopicIds, topic: int) -> tuple[int, str]:
    return ids.ids[topic], ids.names[topic]


def _share(cell: TrendCell | None) -> tuple[Cell, Cell, Cell]:
    return (cell.share, cell.low, cell.high) if cell is not None else (None, None, None)


def _scored(previous: Artifact, study: Study, where: Path) -> TopicResult:
    """The earlier topics with the weights that they have in the documents of a study.

    Raises:
        DataError: the earlier model knows no language, or no word, of the corpus.
    """
    known, spoken = set(previous.preparation.vocabulary.languages), {info.language for info in study.corpus.infos}
    if not known & spoken:
        what = f"knows documents in {', '.join(sorted(known)) or 'no language'}, the corpus is in {', '.join(sorted(spoken))}."
        raise DataError(what, where=str(where), hint="Name an artefact that was fitted on an earlier state of this corpus.")
    embed = "embeddings" in discover("topics.models", "MODEL")[previous.manifest.kind].needs
    prepared = previous.preparation.apply(study.corpus, embed=embed)
    if not prepared.dtm.counts.nnz:
        hint = "Name an artefact that was fitted on an earlier state of this corpus."
        raise DataError("shares no word of its vocabulary with the corpus.", where=str(where), hint=hint)
    stage("scoring %d documents by the earlier model", len(study.corpus))
    return TopicResult(previous.model.result.topics, previous.model.transform(prepared), previous.model.result.card)


def check_place(study: Study, previous: Path, out: Path) -> None:
    """Raise `UsageError` where a new artefact cannot be written, or would take the place of the earlier one or of a source."""
    check_outside(out, [study.file.base / source.path for source in study.config.sources])
    check_not_in_artefact(out, previous)
    check_replaceable(out)
    check_writable(out.resolve().parent)
    check_writable(study.out)


def refit(study: Study, previous: Path, out: Path, embedding_folder: Path | None = None) -> Refitted:
    """Fit the model of an earlier artefact anew on a study's corpus, and keep it as an artefact with ids, events and the seam.

    Args:
        study: with the grown corpus; must have a model of the artefact's kind.
        previous: folder of the earlier artefact.
        out: folder of the new one.
        embedding_folder: of the model that makes the vectors of the earlier artefact, where it moved.

    Raises:
        UsageError: the study has no model of that kind.
        DataError: the earlier artefact is damaged or no model, or has no language or no word in common with the corpus.
    """
    earlier = load_artifact(previous, embedding_folder)
    name = earlier.manifest.kind
    study.check_model(name)
    old = _scored(earlier, study, previous)
    new = study.fit(name, out).result
    found = trace(old, new, study.training_rows, study.seed)
    after = carry_ids(earlier.known, found, read_json(out / LABELS, tuple[str, ...]))
    fitted_on = frozenset(earlier.model.result.documents.doc_ids)
    refitted = Refitted(study, earlier.known, after, old, new, found, fitted_on)
    _keep(refitted, name, out, earlier.manifest.key)
    stage("%d topics kept, %d split, %d merged", len(found.kept), len(found.splits), len(found.merges))
    return refitted


def _keep(refitted: Refitted, name: str, out: Path, previous: str) -> None:
    """Publish the fitted artefact again, with what ties it to the earlier one."""
    manifest = read_manifest(out)
    tables: Sequence[str] = (render_csv(EVENTS, refitted.event_rows()), render_csv(SEAM, refitted.seam_rows()))

    def write(folder: Path) -> None:
        for relative, path in find_files(out).items():
            if relative != NAME:  # of an earlier call
                (folder / relative).parent.mkdir(exist_ok=True)
                shutil.copyfile(path, folder / relative)
        write_ids(folder, refitted.after)
        for file, text in zip(table_names(name), tables, strict=True):
            (folder / file).write_text(text, encoding="utf-8", newline="\n")

    settings = msgspec.Raw(manifest.config.encode())
    publish(out, write, name, Provenance(settings, manifest.seed, {**manifest.inputs, PREVIOUS: previous}, manifest.versions))
