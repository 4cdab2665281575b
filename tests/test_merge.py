"""`topics merge`: two artefacts of two corpora become one, with words from the counts of both."""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT, SAMPLE
from tests.preprocessing.models import WORDS, static_folder
from tests.test_cli import Call, call  # noqa: F401 - a fixture
from tests.test_refit import known_by_subject, make_study, write_articles
from topics.artifacts.manifest import FILE_NAME, read_manifest
from topics.artifacts.verify import verify
from topics.core.contracts import MergePart
from topics.core.errors import DataError, UsageError
from topics.core.matrices import Float64, Vocabulary
from topics.exchange.topicwizard import read_topic_data
from topics.ingest.store import load
from topics.models.bertopic import merge as merge_models
from topics.quality.novelty import NOVEL
from topics.reading import read_new, read_paths
from topics.report.transformed import write_answers
from topics.reuse import Artifact, load_artifact
from topics.reuse.merge import SIDES, Place, merge
from topics.reuse.training_corpus import own_folder
from topics.reuse.united import United, unite
from topics.study import open_study

NORTH = [(subject, 2022) for subject in ("sea", "flood", "software")]
SOUTH = [("horse", 2023), ("flood", 2023), ("bread", 2023)]
OF_THE_PAIR = {FILE_NAME, "topic_ids.json", "topic_merge_lda.csv"}  # that know which was named first


def fitted(study: Path, model: str = "lda") -> Path:
    opened = open_study(study)
    opened.fit(model, opened.artifacts / model)
    return opened.artifacts / model


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two fits of three subjects each, one of them in both, merged both ways."""
    root = tmp_path_factory.mktemp("sides")
    north, south = fitted(make_study(root / "north", 3, NORTH)), fitted(make_study(root / "south", 3, SOUTH))
    (root / "a").symlink_to(north)
    (root / "b").symlink_to(south)
    merge(Place(north), Place(south), root / "ab")
    merge(Place(south), Place(north), root / "ba")
    return root


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def both(root: Path) -> tuple[tuple[Artifact, Artifact], United]:
    """The two artefacts, that with the lower key first, and their corpora as one."""
    loaded = sorted(((load_artifact(root / name), (root / name).resolve()) for name in "ab"), key=lambda item: item[0].manifest.key)
    return (loaded[0][0], loaded[1][0]), unite((load(loaded[0][1].parent / "corpus"), load(loaded[1][1].parent / "corpus")))


def expected_by_hand(side: Artifact, united: United, number: int, merged: Vocabulary, terms_of: Artifact) -> Float64:
    """(n_topics, n_terms) of one side, word by word: its share of each topic in the document times that of the word in the topic."""
    topics, known = side.model.result.topics, side.model.result.topics.vocabulary.index
    weights = side.model.transform(side.preparation.apply(united.corpus, embed=False)).weights.astype(np.float64)
    found = np.zeros((topics.n_topics, len(merged)))
    for row, document in enumerate(united.corpus):
        if united.origin[row] != number or not document.info.canonical:
            continue
        for term, n in Counter(terms_of.preparation.terms(document)).items():
            if term in merged.index:
                shares = weights[row] * (topics.weights[:, known[term]] if term in known else 1.0)
                found[:, merged.index[term]] += n * shares / shares.sum() if shares.sum() else 0.0
    return found


def test_matched_topics_become_one_and_the_others_are_kept(sides: Path) -> None:
    a, b, merged = (known_by_subject(sides / name) for name in ("a", "b", "ab"))
    assert {subject: merged[subject] for subject in ("sea", "flood", "software")} == {
        subject: a[subject] for subject in ("sea", "flood", "software")
    }
    assert {merged[subject][0] for subject in ("horse", "bread")} == {3, 4}
    assert {merged[subject][1] for subject in ("horse", "bread")} == {b[subject][1] for subject in ("horse", "bread")}
    told = {row["topic"]: row for row in rows_of(sides / "ab" / "topic_merge_lda.csv")}
    assert sorted(row["relation"] for row in told.values()) == ["matched", "only_a", "only_a", "only_b", "only_b"]
    flood = told[str(a["flood"][0])]
    assert (flood["relation"], int(flood["b_topic"]), flood["b_name"]) == ("matched", *b["flood"])
    assert int(flood["documents"]) > int(flood["null"])
    assert load_artifact(sides / "ab").known.following == 5


def test_words_are_those_of_the_counts_of_both(sides: Path) -> None:
    (one, other), united = both(sides)
    merged = load_artifact(sides / "ab")
    result, table = merged.model.result, rows_of(sides / "ab" / "topic_merge_lda.csv")
    a_first = one.manifest.key == read_manifest((sides / "a").resolve()).key
    sums = np.zeros((result.n_topics, len(result.topics.vocabulary)))
    for number, (side, column) in enumerate(zip((one, other), ("a_topic", "b_topic") if a_first else ("b_topic", "a_topic"), strict=True)):
        counts = expected_by_hand(side, united, number, result.topics.vocabulary, merged)
        for place, name in enumerate(merged.known.ids):
            from_topic = next(row[column] for row in table if row["topic"] == str(name))
            if from_topic:
                sums[place] += counts[side.known.ids.index(int(from_topic))]
    by_hand = sums + merged.model.eta  # type: ignore[attr-defined]
    np.testing.assert_allclose(result.topics.weights, by_hand / by_hand.sum(axis=1, keepdims=True), rtol=1e-9)
    terms = (term for document in united.corpus for term in merged.preparation.terms(document))
    assert sums.sum() == pytest.approx(sum(term in result.topics.vocabulary.index for term in terms))


def test_the_prior_of_topics_is_weighted_by_documents(sides: Path, tmp_path: Path) -> None:
    large = fitted(make_study(tmp_path / "large", 3, [("sea", 2024), ("bread", 2022), *[("flood", year) for year in range(2024, 2028)]]))
    merge(Place((sides / "a").resolve()), Place(large), tmp_path / "both")
    merged, a, b = (load_artifact(folder).model.alpha for folder in (tmp_path / "both", sides / "a", large))  # type: ignore[attr-defined]
    assert merged.sum() == pytest.approx((a.sum() * 72 + b.sum() * 144) / 216)
    assert a.sum() != pytest.approx(b.sum(), rel=0.01)


def test_the_order_of_the_two_changes_ids_and_names_alone(sides: Path) -> None:
    names = {path.name for path in (sides / "ab").iterdir()}
    assert names == {path.name for path in (sides / "ba").iterdir()}
    differ = {name for name in names if (sides / "ab" / name).read_bytes() != (sides / "ba" / name).read_bytes()}
    assert differ == OF_THE_PAIR
    assert known_by_subject(sides / "ba")["horse"] == known_by_subject(sides / "b")["horse"]


def test_the_same_call_again_writes_the_same_bytes(sides: Path, tmp_path: Path) -> None:
    merge(Place((sides / "a").resolve()), Place((sides / "b").resolve()), tmp_path / "again")
    assert (tmp_path / "again" / FILE_NAME).read_bytes() == (sides / "ab" / FILE_NAME).read_bytes()


def test_the_merged_artefact_is_whole_and_names_both(sides: Path) -> None:
    manifest = verify(sides / "ab")
    keys = sorted(read_manifest((sides / name).resolve()).key for name in "ab")
    assert (manifest.kind, [manifest.inputs[name] for name in SIDES]) == ("lda", keys)
    assert "topic_merge_lda.csv" in {entry.path for entry in manifest.files}


def test_new_articles_of_either_corpus_are_known(sides: Path, tmp_path: Path) -> None:
    loaded, known = load_artifact(sides / "ab"), known_by_subject(sides / "ab")
    for subject in ("sea", "bread", "flood"):
        write_articles(tmp_path / subject, subject, 2026, 5)
        (tmp_path / f"{subject}_out").mkdir()
        write_answers(loaded, read_new([tmp_path / subject], zone="UTC"), tmp_path / f"{subject}_out", lambda _: None, json=False)
        told = rows_of(tmp_path / f"{subject}_out" / "transform.csv")
        assert {(int(row["topic"]), row["label"]) for row in told} == {known[subject]}
        assert np.mean([float(row["novelty"]) >= NOVEL for row in told]) < 0.5
    assert loaded.profile.mix.n_docs == 144


# --- what is done with a merged artefact --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def again(sides: Path) -> Path:
    """The merged artefact merged with a third, of a year in which horses and a new subject are met."""
    third = fitted(make_study(sides / "third", 2, [("horse", 2024), ("choir", 2024)]))
    merge(Place(sides / "ab"), Place(third), sides / "abc")
    return sides / "abc"


def corpus_beside(artefact: Path) -> Path:
    return own_folder(artefact, load_artifact(artefact).model.result.card.corpus_fingerprint)


def test_the_corpus_of_both_lies_beside_the_merged_artefact(sides: Path) -> None:
    united, folder = both(sides)[1], corpus_beside(sides / "ab")
    manifest = verify(folder)
    assert (manifest.kind, set(manifest.inputs)) == ("corpus", set(SIDES))
    kept = load(folder)
    assert list(kept) == list(united.corpus)
    assert kept.repeated == united.corpus.repeated


def test_a_merged_artefact_is_merged_again(sides: Path, again: Path) -> None:
    before, after = known_by_subject(sides / "ab"), known_by_subject(again)
    assert {subject: after[subject] for subject in before} == before
    assert after["choir"][0] == 5
    told = {row["topic"]: row["relation"] for row in rows_of(again / "topic_merge_lda.csv")}
    assert Counter(told.values()) == {"matched": 1, "only_a": 4, "only_b": 1}
    assert told[str(before["horse"][0])] == "matched"
    documents = load_artifact(again).model.result.documents
    assert len(documents.doc_ids) == len(set(documents.doc_ids)) == 192
    verify(again)
    verify(corpus_beside(again))


def test_words_of_a_merge_of_three_come_from_the_counts_of_all(sides: Path, again: Path) -> None:
    merged, corpus = load_artifact(again), load(corpus_beside(again))
    known = merged.model.result.topics.vocabulary.index
    n_words = sum(term in known for document in corpus for term in merged.preparation.terms(document))
    model = merged.model
    assert (model.topic_counts - model.eta).sum() == pytest.approx(n_words)  # type: ignore[attr-defined]
    assert merged.profile.mix.n_docs == load_artifact(sides / "ab").profile.mix.n_docs + 48


@pytest.mark.parametrize("to", ["gensim", "pyldavis", "topicwizard"])
def test_a_merged_artefact_is_exported(call: Call, sides: Path, tmp_path: Path, to: str) -> None:  # noqa: F811
    found = call("export", sides / "ab", "--to", to, "--out", tmp_path / "out")
    assert (found.code, found.out) == (0, f"{tmp_path / 'out'}\n")
    assert verify(tmp_path / "out").inputs["model"] == read_manifest(sides / "ab").key
    if to == "topicwizard":
        data = read_topic_data(tmp_path / "out")
        assert data["document_term_matrix"].shape == (144, len(data["vocab"]))
        assert data["topic_names"] == list(load_artifact(sides / "ab").known.names)


def test_a_merged_artefact_is_compared_and_verified(call: Call, sides: Path, again: Path) -> None:  # noqa: F811
    found = call("compare", sides / "ab", again, "--json")
    pairs = json.loads(found.out)["pairs"]
    assert (found.code, json.loads(found.out)["shared_documents"]) == (0, 144)
    assert {pair["a_topic"]: pair["b_topic"] for pair in pairs if pair["relation"] == "matched"} == {topic: topic for topic in range(5)}
    assert [call("verify", folder).code for folder in (again, corpus_beside(again))] == [0, 0]


def test_a_merged_artefact_without_its_corpus_answers_and_says_what_it_lacks(sides: Path, tmp_path: Path) -> None:
    shutil.copytree(sides / "ab", tmp_path / "moved")
    assert load_artifact(tmp_path / "moved").labels
    with pytest.raises(DataError, match=r"no corpus.*--corpus-a.*corpus_\* beside a merged"):
        merge(Place(tmp_path / "moved"), Place((sides / "b").resolve()), tmp_path / "out")
    own = corpus_beside(sides / "ab")
    merge(Place(tmp_path / "moved", own), Place((sides / "third/out/living/artifacts/lda").resolve()), tmp_path / "out")


def test_no_text_of_an_article_is_in_the_merged_artefact_itself(sides: Path) -> None:
    sentences = {document.text[:60].encode() for document in load(corpus_beside(sides / "ab"))}
    for path in (sides / "ab").iterdir():
        held = path.read_bytes()
        assert not any(sentence in held for sentence in sentences), path.name


# --- corpora that overlap -----------------------------------------------------------------------------------------------------------------


def test_a_document_of_both_corpora_is_counted_once_and_stories_are_found_anew(tmp_path: Path) -> None:
    north = fitted(make_study(tmp_path / "north", 3, NORTH))
    south = make_study(tmp_path / "south", 3, SOUTH)
    shutil.copy(tmp_path / "north" / "src" / "flood2022.jsonl", tmp_path / "south" / "src" / "flood2022.jsonl")
    reprint = json.loads((tmp_path / "north" / "src" / "sea2022.jsonl").read_text().splitlines()[0])
    line = json.dumps({**reprint, "id": "reprint", "date": "2022-01-04"})
    (tmp_path / "south" / "src" / "reprint.jsonl").write_text(line + "\n")
    second = fitted(south)
    merge(Place(north), Place(second), tmp_path / "both")
    documents = load_artifact(tmp_path / "both").model.result.documents
    assert len(documents.doc_ids) == len(set(documents.doc_ids)) == 145
    united = unite((load(north.parent / "corpus"), load(second.parent / "corpus")))
    info = {one.id: one for one in united.corpus.infos}["reprint"]
    assert (united.n_shared, info.canonical, info.story) == (24, False, reprint["id"])
    assert load_artifact(tmp_path / "both").profile.mix.n_docs == 144


def test_an_id_of_two_different_documents_is_refused(tmp_path: Path) -> None:
    north, study = fitted(make_study(tmp_path / "north", 3, NORTH)), make_study(tmp_path / "south", 3, SOUTH)
    for path in (tmp_path / "south" / "src").iterdir():
        path.write_text(path.read_text().replace("horse2023", "sea2022"))
    with pytest.raises(DataError, match=r"'sea2022\d+' stands for different documents"):
        merge(Place(north), Place(fitted(study)), tmp_path / "both")


# --- BERTopic over one fixed model --------------------------------------------------------------------------------------------------------


def write_bertopic(root: Path, name: str, words: tuple[slice, slice], seed: int) -> Path:
    pick = random.Random(seed)
    made = []
    for number in range(64):
        text = ". ".join(" ".join(pick.choices(WORDS[words[number % 2]], k=9)).capitalize() for _ in range(3)) + "."
        made.append({"text": text, "id": f"{name}{number}", "date": f"2024-{1 + number % 12:02d}-05"})
    (root / name / "in").mkdir(parents=True)
    (root / name / "in" / "press.jsonl").write_text("".join(json.dumps(record) + "\n" for record in made), encoding="utf-8")
    study = root / name / "study.toml"
    study.write_text(
        f'[study]\nname = "{name}"\n[[sources]]\npath = "in"\nlanguage = "en"\n[preprocessing]\nmax_df = 1.0\n'
        f'[embedding]\nbackend = "model2vec"\nfolder = "{root}/m"\n[models.bertopic]\nmin_topic_size = 5\n',
        encoding="utf-8",
    )
    return study


@pytest.fixture(scope="module")
def clustered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("tokenizers", reason="the tokenizers library reads static models")
    root = tmp_path_factory.mktemp("clustered")
    static_folder(root / "m", max_length=20)
    for number, name in enumerate("ab"):
        study = write_bertopic(root, name, (slice(0, 6), slice(6, 12)), number)
        (root / f"{name}_model").symlink_to(fitted(study, "bertopic"))
    merge(Place((root / "a_model").resolve()), Place((root / "b_model").resolve()), root / "ab")
    return root


def test_words_of_clustered_topics_are_those_of_class_counts(clustered: Path) -> None:
    merged = load_artifact(clustered / "ab")
    united = unite(tuple(load(clustered / name / "out" / name / "artifacts" / "corpus") for name in "ab"))  # type: ignore[arg-type]
    prepared = merged.preparation.apply(united.corpus)
    labels = merged.model.transform(prepared).labels()
    counts, rest = np.zeros((merged.model.result.n_topics, len(prepared.dtm.vocabulary))), np.zeros(len(prepared.dtm.vocabulary))
    for row, document in enumerate(united.corpus):
        for term, n in Counter(merged.preparation.terms(document)).items():
            if document.info.canonical and term in prepared.dtm.vocabulary.index:
                (counts[labels[row]] if labels[row] >= 0 else rest)[prepared.dtm.vocabulary.index[term]] += n
    classes = np.vstack([counts, rest]) if rest.any() else counts
    scores = counts / counts.sum(axis=1, keepdims=True) * np.log(1 + int(classes.sum(axis=1).mean()) / classes.sum(axis=0))
    np.testing.assert_allclose(merged.model.result.topics.weights, scores / scores.sum(axis=1, keepdims=True), rtol=1e-9)


def test_centroids_are_weighted_by_the_documents_of_each(clustered: Path) -> None:
    merged, relations = load_artifact(clustered / "ab"), rows_of(clustered / "ab" / "topic_merge_bertopic.csv")
    assert {row["relation"] for row in relations} == {"matched"}
    assert merged.model.result.n_topics == load_artifact(clustered / "a_model").model.result.n_topics
    united = unite(tuple(load(clustered / name / "out" / name / "artifacts" / "corpus") for name in "ab"))  # type: ignore[arg-type]
    prepared = merged.preparation.apply(united.corpus)
    assert prepared.embeddings is not None
    centroids = merged.model.rule.centroids  # type: ignore[attr-defined]
    nearest = (prepared.embeddings.vectors @ centroids.T).argmax(axis=1)
    for topic, centroid in enumerate(centroids):
        mean = prepared.embeddings.vectors[nearest == topic].sum(axis=0, dtype=np.float64)
        np.testing.assert_allclose(mean / np.linalg.norm(mean), centroid, atol=1e-6)


def test_two_projections_of_two_corpora_are_two_spaces(tmp_path: Path) -> None:
    made = []
    for name, articles in (("north", NORTH), ("south", SOUTH)):
        study = make_study(tmp_path / name, 3, articles)
        study.write_text(study.read_text().replace("[models.lda]\ntopics = 3", "[models.bertopic]\nmin_topic_size = 5"))
        made.append(Place(fitted(study, "bertopic")))
    with pytest.raises(DataError, match=r"different spaces.*fixed model.*--previous"):
        merge(made[0], made[1], tmp_path / "both")


def test_a_topic_whose_documents_all_belong_to_the_other_model_is_refused(clustered: Path) -> None:
    loaded = load_artifact(clustered / "a_model")
    prepared = loaded.preparation.apply(load(clustered / "a" / "out" / "a" / "artifacts" / "corpus"))
    documents, n_topics = loaded.model.transform(prepared), loaded.model.result.n_topics
    everything, nothing = np.arange(len(prepared.corpus)), np.arange(0)
    parts = tuple(
        MergePart(loaded.model, documents, rows, np.arange(n_topics) + first) for rows, first in ((everything, 0), (nothing, n_topics))
    )
    with pytest.raises(DataError, match=rf"{n_topics} topic\(s\) have no document of their own.*--previous"):
        merge_models(prepared, parts, 1)


# --- what is refused ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("phrases = false", "phrases = true", r"preprocessing\.phrases is False and True"),
        ("phrases = false", 'phrases = false\nsegmenter = "syllables"', r"segmenter is 'default' and 'syllables'.*words were found by"),
        ("phrases = false", 'phrases = false\nstop_words = { en = ["horse"] }', r"preprocessing\.stop_words.*lists of stop words differ"),
        ('timezone = "UTC"', 'timezone = "Asia/Tokyo"', r"study\.timezone is 'UTC' and 'Asia/Tokyo'"),
        ('timezone = "UTC"', 'timezone = "UTC"\nmask = true', r"study\.mask is False and True"),
        ("[models.lda]", '[[themes]]\nkey = "x"\nlabel = { en = "X" }\n[themes.terms]\nen = ["horse"]\n[models.lda]', "the themes differ"),
    ],
)
def test_what_was_prepared_otherwise_is_refused_by_name(sides: Path, tmp_path: Path, old: str, new: str, said: str) -> None:
    study = make_study(tmp_path / "other", 3, SOUTH)
    study.write_text(study.read_text().replace(old, new))
    with pytest.raises(DataError, match=said):
        merge(Place((sides / "a").resolve()), Place(fitted(study)), tmp_path / "both")
    assert not (tmp_path / "both").exists()


def test_models_of_two_kinds_and_one_twice_are_refused(sides: Path, clustered: Path, tmp_path: Path) -> None:
    north = Place((sides / "a").resolve())
    with pytest.raises(UsageError, match="'lda', the other of kind 'bertopic'"):
        merge(north, Place((clustered / "a_model").resolve()), tmp_path / "both")
    with pytest.raises(UsageError, match="the same artefact"):
        merge(north, north, tmp_path / "both")


def test_a_corpus_of_another_model_is_refused(sides: Path, tmp_path: Path) -> None:
    north, south = ((sides / name).resolve() for name in "ab")
    with pytest.raises(DataError, match="another corpus"):
        merge(Place(north, south.parent / "corpus"), Place(south), tmp_path / "both")


@pytest.mark.parametrize("folder", ["lda", "corpus"])
def test_a_damaged_artefact_or_corpus_is_refused(sides: Path, tmp_path: Path, folder: str) -> None:
    shutil.copytree((sides / "b").resolve().parent, tmp_path / "artifacts")
    victim = max((tmp_path / "artifacts" / folder).iterdir(), key=lambda path: (path.name != FILE_NAME, path.stat().st_size))
    victim.write_bytes(victim.read_bytes()[:-1] + b"x")
    with pytest.raises(DataError, match=victim.name):
        merge(Place((sides / "a").resolve()), Place(tmp_path / "artifacts" / "lda"), tmp_path / "both")


# --- the command --------------------------------------------------------------------------------------------------------------------------


def test_merge_from_the_command_line(call: Call, sides: Path, tmp_path: Path) -> None:  # noqa: F811
    shutil.copytree((sides / "a").resolve(), tmp_path / "alone")
    south, corpus = (sides / "b").resolve(), (sides / "a").resolve().parent / "corpus"
    missing = call("merge", tmp_path / "alone", south, "--into", tmp_path / "both")
    assert (missing.code, "--corpus-a" in missing.message) == (3, True)
    found = call("merge", tmp_path / "alone", south, "--into", tmp_path / "both", "--corpus-a", corpus)
    assert (found.code, found.out) == (0, f"{tmp_path / 'both'}\n")
    assert read_manifest(tmp_path / "both").key == read_manifest(sides / "ab").key
    inside = call("merge", tmp_path / "alone", south, "--into", tmp_path / "alone" / "both")
    assert inside.code == 2


@pytest.mark.slow
def test_halves_of_the_sample_become_a_model_that_knows_both(tmp_path: Path) -> None:
    """A third of the sources is left out of both: what is new to neither is rarely novel."""
    parts: list[list[Path]] = [[], [], []]
    for number, path in enumerate(sorted(path for path in SAMPLE.rglob("*") if path.is_file() and path.name != "gold.jsonl")):
        parts[number % 3].append(path)
    made = []
    for name, files in zip(("one", "two", "new"), parts, strict=True):
        for path in files:
            target = tmp_path / name / "src" / path.relative_to(SAMPLE)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
        if name != "new":
            text = (ROOT / "reports" / "sample.toml").read_text(encoding="utf-8").replace("../corpus/sample", "src")
            (tmp_path / name / "study.toml").write_text(text, encoding="utf-8")
            shutil.copytree(ROOT / "reports" / "themes", tmp_path / name / "themes")
            made.append(Place(fitted(tmp_path / name / "study.toml")))
    found = merge(made[0], made[1], tmp_path / "both")
    loaded = load_artifact(tmp_path / "both")
    assert len(found.known.ids) == loaded.model.result.n_topics
    corpus, _ = read_paths([tmp_path / "new" / "src"], zone=loaded.study.timezone, as_of=None)
    answers = loaded.transform(corpus)
    novel = float((answers.novelty >= NOVEL).mean())
    assert novel < 0.2
    assert float(answers.prepared.unknown.mean()) < min(
        float(load_artifact(place.artefact).transform(corpus).prepared.unknown.mean()) for place in made
    )
