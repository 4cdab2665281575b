"""Two model artefacts of two corpora as one: matched topics become one, and what is learned of words is learned from the counts of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import numpy as np

from topics.artifacts.manifest import Provenance
from topics.artifacts.store import FIT, check_outside, check_replaceable, check_writable, publish
from topics.config import StudyConfig, StudyFile
from topics.core.contracts import MergePart, ModelKind
from topics.core.documents import Corpus
from topics.core.hashing import digest
from topics.core.matrices import Int64, PreparedCorpus
from topics.core.registry import discover
from topics.core.results import TopicResult
from topics.engine import Engine
from topics.findings import find_themes
from topics.ingest.keeping import write_corpus
from topics.preprocessing.embedding import EmbeddingConfig, SameEmbedder
from topics.preprocessing.prepare import Preparation, fit_preparation
from topics.progress import stage
from topics.quality.lineage import Lineage, trace
from topics.reading import check_not_in_artefact
from topics.reuse.artefact import Artifact, load_artifact
from topics.reuse.identity import TopicIds, write_ids
from topics.reuse.mergeable import check_mergeable, check_stop_words
from topics.reuse.taught import Teacher, taught_thresholds, teacher_of
from topics.reuse.training_corpus import own_folder, training_corpus
from topics.reuse.united import United, unite
from topics.stages import Fitted, Themed, parts_key, theme_stage, write_model
from topics.tables import Cell, render_csv
from topics.theming import projection, theme_documents

COLUMNS = ("topic", "name", "relation", "a_topic", "a_name", "b_topic", "b_name", "documents", "null", "a_share", "b_share", "similarity")
SIDES = ("merged_a", "merged_b")  # in the manifest: the keys of the two, the lower first


@dataclass(frozen=True, eq=False)
class Side:
    """An artefact and the corpus that it was fitted on."""

    artifact: Artifact
    corpus: Corpus


@dataclass(frozen=True, eq=False)
class Merged:
    """Two models and the one that was made of them.

    Args:
        a, b: ids and names of the topics of both, in the order in which they were named.
        known: ids and names of the merged one.
        places: (n_topics,) the place in the merged one of each topic of the artefact with the lower key, and of the other.
        found: how the topics of these two hang together.
        swapped: whether b is the one with the lower key.
    """

    a: TopicIds
    b: TopicIds
    known: TopicIds
    places: tuple[Int64, Int64]
    found: Lineage
    swapped: bool

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Yield one row a merged topic: what it comes from, and how sure that is."""
        here = [{int(place): topic for topic, place in enumerate(places)} for places in self.places]
        for place, (number, name) in enumerate(zip(self.known.ids, self.known.names, strict=True)):
            at = (here[0].get(place), here[1].get(place))
            one, other = at[::-1] if self.swapped else at
            relation = "only_a" if other is None else "only_b" if one is None else "matched"
            yield (number, name, relation, *_known(self.a, one), *_known(self.b, other), *self._numbers(at))

    def _numbers(self, at: tuple[int | None, int | None]) -> tuple[Cell, ...]:
        """Shared documents, their null, the shares of them in a's and b's topic, and the correlation."""
        one, other = at
        if one is None or other is None:
            return (None, None, None, None, None)
        found, pair = self.found, (one, other)
        shares = (float(found.of_left[pair]), float(found.of_right[pair]))
        both = shares[::-1] if self.swapped else shares
        return (int(found.shared[pair]), int(found.null[pair]), *both, float(found.alignment.similarity[pair]))


def _known(ids: TopicIds, topic: int | None) -> tuple[Cell, Cell]:
    return (None, None) if topic is None else (ids.ids[topic], ids.names[topic])


def _opened(artefact: Path, corpus: Path | None, option: str, embedding_folder: Path | None) -> Side:
    loaded = load_artifact(artefact, embedding_folder)
    return Side(loaded, training_corpus(loaded, artefact, corpus, option))


def _settings(sides: tuple[Side, Side]) -> StudyFile:
    """A study of what both share; of the rest the first has its way, and the later last day."""
    first, second = (side.artifact for side in sides)
    days = (first.study.as_of, second.study.as_of)
    last = max(day for day in days if day) if all(days) else None
    study = msgspec.structs.replace(first.study, as_of=last, theme_files=(), labels="")
    min_df = max(one.preparation.config.min_df or 1 for one in (first, second))
    dimensions = max(one.preparation.embedder.dimensions for one in (first, second))
    config = StudyConfig(
        study,
        (),
        preprocessing=msgspec.structs.replace(first.preparation.config, min_df=min_df),
        embedding=EmbeddingConfig(dimensions=max(dimensions, 2)),
        themes=first.themes.themes,
    )
    return StudyFile(Path(study.name), config, {})


def _prepare(sides: tuple[Side, Side], united: United, file: StudyFile, kind: ModelKind[Any]) -> tuple[Preparation, PreparedCorpus]:
    """Words, vocabulary and idf of all documents; vectors by the one embedder of both where it depends on no documents."""
    stage("preparing %d documents, %d of them in both corpora", len(united.corpus), united.n_shared)
    first, config = sides[0].artifact.preparation, file.config
    backend = config.embedding if projection(first) is not None else SameEmbedder(first.embedder)
    found = fit_preparation(united.corpus, config.preprocessing, backend, config.themes, seed=config.study.seed)
    check_stop_words(found, first)
    return found, found.apply(united.corpus, embed="embeddings" in kind.needs or bool(config.themes))


def _answers(artifact: Artifact, prepared: PreparedCorpus) -> TopicResult:
    """A model's topics with its weights of all documents, read by its own words; vectors are the same by any words."""
    model, own = artifact.model, artifact.preparation.apply(prepared.corpus, embed=False)
    documents = model.transform(replace(own, embeddings=prepared.embeddings))
    return TopicResult(model.result.topics, documents, model.result.card)


def _places(found: Lineage) -> tuple[Int64, Int64]:
    """The topics of the first as they stand, then those of the second that are none of them."""
    n_left, n_right = found.shared.shape
    left, of_right = np.arange(n_left, dtype=np.int64), {right: left for left, right in found.kept.items()}
    alone = [topic for topic in range(n_right) if topic not in of_right]
    place_of = of_right | {topic: n_left + number for number, topic in enumerate(alone)}
    return left, np.array([place_of[topic] for topic in range(n_right)], dtype=np.int64)


def _named(a: TopicIds, b: TopicIds, places: tuple[Int64, Int64]) -> TopicIds:
    """Ids and names: those of a, then of the topics of b alone new ids after all of a, in the order of their ids in b."""
    place_of_a = dict(zip(places[0].tolist(), range(len(a.ids)), strict=True))
    alone = sorted((number, name, place) for number, name, place in zip(b.ids, b.names, places[1].tolist(), strict=True))
    new = [(name, place) for _, name, place in alone if place not in place_of_a]
    known = {place: (a.ids[topic], a.names[topic]) for place, topic in place_of_a.items()}
    known |= {place: (a.following + number, name) for number, (name, place) in enumerate(new)}
    ids, names = zip(*(known[place] for place in range(len(known))), strict=True)
    return TopicIds(ids, names, a.following + len(new))


@dataclass(frozen=True, eq=False)
class Place:
    """Where an artefact lies.

    Args:
        artefact: its folder.
        corpus: folder of the corpus artefact that it was fitted on; None looks beside it.
    """

    artefact: Path
    corpus: Path | None = None


def check_places(a: Place, b: Place, out: Path) -> None:
    """Raise `UsageError` where a merged artefact cannot be written, or would take the place of what it is made of."""
    check_outside(out, [folder for place in (a, b) for folder in (place.artefact, place.corpus) if folder])
    for place in (a, b):
        check_not_in_artefact(out, place.artefact)
    check_replaceable(out)
    check_writable(out.resolve().parent)


def merge(a: Place, b: Place, out: Path, embedding_folder: Path | None = None) -> Merged:
    """Make one artefact of two that were fitted on two corpora, and keep it.

    Topics are matched over the documents of both corpora, each model answering all of them: a pair is one topic where it is matched
    beyond chance and most of one lies in the other. Documents are counted by the model of their own corpus, those of both by that with
    the lower key. Words, vocabulary, idf, scorers of themes, profile and reference answers are those of all documents; thresholds of themes
    that labels set are put where the new scorers decide most like the old. Merging b and a gives the same model; ids and names of a matched
    topic are those of the artefact that is named first. The documents of both are kept as a corpus artefact beside the merged one, so that
    this can be exported and merged again.

    Args:
        a, b: the artefacts and their corpora.
        out: folder of the merged one.
        embedding_folder: of the model that makes the vectors, where it moved.

    Raises:
        UsageError: the same artefact twice, or kinds that cannot be merged.
        DataError: an artefact or a corpus is missing or damaged, or they were prepared otherwise.
    """
    named = (_opened(a.artefact, a.corpus, "--corpus-a", embedding_folder), _opened(b.artefact, b.corpus, "--corpus-b", embedding_folder))
    kind: ModelKind[Any] = discover("topics.models", "MODEL")[named[0].artifact.manifest.kind]
    check_mergeable(named[0].artifact, named[1].artifact, kind, f"{a.artefact} and {b.artefact}")
    swapped = named[0].artifact.manifest.key > named[1].artifact.manifest.key
    sides = (named[1], named[0]) if swapped else named
    united, file = unite((sides[0].corpus, sides[1].corpus)), _settings(sides)
    prepared = _prepare(sides, united, file, kind)
    found, parts = _parts(sides, united, prepared[1], file.config.study.seed)
    places = (parts[0].topics, parts[1].topics)
    known = tuple(side.artifact.known for side in named)
    ids = _named(known[0], known[1], (places[1], places[0]) if swapped else places)
    stage("%d topics and %d topics make %d", len(places[0]), len(places[1]), len(ids.ids))
    assert kind.merge is not None  # `check_mergeable` looked
    model = kind.merge(prepared[1], parts, file.config.study.seed)
    config = msgspec.json.decode(model.result.card.config, type=kind.config)
    merged = Merged(known[0], known[1], ids, places, found, swapped)
    _keep(Fitted(replace(file, models={kind.name: config}), kind.name, model, *prepared), merged, sides, out)
    return merged


def _parts(sides: tuple[Side, Side], united: United, prepared: PreparedCorpus, seed: int) -> tuple[Lineage, tuple[MergePart, ...]]:
    """How the topics of both hang together, and each model with its own documents and the places of its topics."""
    stage("matching topics over %d documents", len(united.corpus))
    results = [_answers(side.artifact, prepared) for side in sides]
    canonical = np.array([info.canonical for info in united.corpus.infos], dtype=bool)
    found = trace(results[0], results[1], np.flatnonzero(canonical).astype(np.int64), seed)
    rows = [np.flatnonzero(canonical & (united.origin == number)).astype(np.int64) for number in range(len(sides))]
    each = zip(sides, results, rows, _places(found), strict=True)
    return found, tuple(MergePart(side.artifact.model, result.documents, own, places) for side, result, own, places in each)


def table_name(name: str) -> str:
    """Return the name of the file that holds what each topic of a merged model comes from."""
    return f"topic_merge_{name}.csv"


def _themed(fitted: Fitted, sides: tuple[Side, Side], scratch: Path) -> Themed:
    """Scorers of themes of all documents, with the thresholds that labels of either side teach them."""
    corpus, themes = fitted.prepared.corpus, fitted.file.config.themes
    themed = theme_stage(fitted.file, scratch, corpus, lambda: (fitted.preparation, fitted.prepared), Engine())
    asked = (teacher_of(side.artifact, side.corpus, corpus.ids) for side in sides)
    teachers: tuple[Teacher, ...] = tuple(teacher for teacher in asked if teacher)
    if not teachers:
        return themed
    documents = theme_documents(corpus, themes, fitted.prepared)
    model = replace(themed.model, labelled=taught_thresholds(teachers, themed.model, documents))
    return Themed(model, find_themes(corpus, model, documents, fitted.preparation))


def _keep(fitted: Fitted, merged: Merged, sides: tuple[Side, Side], out: Path) -> None:
    """Publish the corpus, under a name that no other corpus has, and then the model that asks for it."""
    file, name, corpus = fitted.file, fitted.name, fitted.prepared.corpus

    def write(folder: Path) -> None:
        with TemporaryDirectory(prefix="topics-") as scratch:
            themed = _themed(fitted, sides, Path(scratch) / "themes")
        write_model(folder, fitted, themed)
        write_ids(folder, merged.known)
        (folder / table_name(name)).write_text(render_csv(COLUMNS, merged.rows()), encoding="utf-8", newline="\n")

    keys = dict(zip(SIDES, (side.artifact.manifest.key for side in sides), strict=True))
    fit = digest([parts_key(), *keys.values()])
    card, own = fitted.model.result.card, own_folder(out, corpus.fingerprint)
    stage("keeping %d documents in %s", len(corpus), own)
    corpora = dict(zip(SIDES, (side.corpus.fingerprint for side in sides), strict=True))
    publish(own, lambda folder: write_corpus(folder, corpus), "corpus", Provenance({"timezone": file.config.study.timezone}, 0, corpora))
    publish(out, write, name, Provenance(file.models[name], card.seed, {FIT: fit, "corpus": corpus.fingerprint, **keys}, card.versions))
