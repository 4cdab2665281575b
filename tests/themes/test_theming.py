"""All scorers of themes together: what terms alone miss, a stated rate of false positives, the same after saving."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from scipy import sparse
from sklearn.metrics.pairwise import cosine_similarity

from tests.conftest import corpus_from, make_document
from tests.themes.documents import OTHERS, OWN, THEMES, planted
from topics import findings, stages
from topics.config import read_study
from topics.core.documents import Corpus
from topics.core.matrices import PreparedCorpus
from topics.core.themes import Theme
from topics.engine import Engine
from topics.findings import find_themes
from topics.models.guided import ETA, MOST, carried, fit_guided, term_prior
from topics.preprocessing.embedding import EmbeddingConfig
from topics.preprocessing.prepare import Preparation, PreprocessingConfig, fit_preparation
from topics.themes.calibration import FALSE_POSITIVES, Calibration, calibrate, silent_thresholds, soft
from topics.themes.hits import ThemeDocuments, find_hits
from topics.themes.prototypes import along, learn_directions
from topics.themes.shuffled import drawn, shuffled
from topics.themes.weighted_terms import K1, B, learn_weights
from topics.theming import (
    COMBINED,
    COUNTS,
    EMBEDDING,
    GUIDED,
    TERMS,
    ThemeModel,
    fit_themes,
    load,
    projection,
    theme_columns,
    theme_documents,
)

Ready = tuple[Corpus, np.ndarray, Preparation, PreparedCorpus, ThemeDocuments, ThemeModel]


@pytest.fixture(scope="module")
def ready() -> Ready:
    corpus, truth = planted()
    preparation = fit_preparation(corpus, PreprocessingConfig(), EmbeddingConfig(), THEMES, seed=1)
    prepared = preparation.apply(corpus)
    documents = theme_documents(corpus, THEMES, prepared)
    model = fit_themes(documents, THEMES, preparation.vocabulary, 1, projection(preparation))
    return corpus, truth, preparation, prepared, documents, model


def f1(present: np.ndarray, truth: np.ndarray) -> float:
    return float(2 * (present & truth).sum() / (present.sum() + truth.sum()))


def test_all_scorers_together_find_documents_without_any_term(ready: Ready) -> None:
    _, truth, _, _, documents, model = ready
    assert model.scorers == (COMBINED, TERMS, GUIDED, EMBEDDING)
    found = model.score(documents)
    silent = truth & (documents.occurrences == 0)
    assert silent.sum() >= 10  # a document of a theme that none of its terms names
    assert found[COMBINED][1][silent].mean() > 0.5  # most of them
    assert not found[TERMS][1][silent].any()
    assert f1(found[COMBINED][1], truth) > max(0.95, f1(found[TERMS][1], truth) + 0.05)


def test_scores_are_one_half_at_the_threshold_and_legal(ready: Ready) -> None:
    *_, documents, model = ready
    for scores, present in model.score(documents).values():
        assert ((scores >= 0) & (scores <= 1)).all()
        np.testing.assert_array_equal(scores > 0.5, present)


def test_few_documents_without_a_subject_carry_a_theme(ready: Ready) -> None:
    _, _, preparation, _, documents, model = ready
    chance = shuffled(documents, 99, projection(preparation))  # others than those that set the thresholds
    for scorer in (COMBINED, GUIDED, EMBEDDING):
        rate = model.score(chance)[scorer][1].mean()
        assert FALSE_POSITIVES / 4 < rate < FALSE_POSITIVES * 2.5, scorer


def test_rows_do_not_depend_on_their_company(ready: Ready) -> None:
    *_, documents, model = ready
    rows = np.array([5, 3, 170])
    alone, all_of_them = model.score(documents.rows(rows)), model.score(documents)
    for name, (scores, present) in alone.items():
        np.testing.assert_allclose(scores, all_of_them[name][0][rows], rtol=1e-12)
        np.testing.assert_array_equal(present, all_of_them[name][1][rows])


def test_the_same_again_and_after_saving(ready: Ready, tmp_path: Path) -> None:
    _, _, preparation, _, documents, model = ready
    again = fit_themes(documents, THEMES, preparation.vocabulary, 1, projection(preparation))
    model.save(tmp_path)
    for other in (again, load(tmp_path, THEMES)):
        assert other.scorers == model.scorers
        for name, (scores, present) in other.score(documents).items():
            np.testing.assert_array_equal(scores, model.score(documents)[name][0])
            np.testing.assert_array_equal(present, model.score(documents)[name][1])
    other_seed = fit_themes(documents, THEMES, preparation.vocabulary, 2, projection(preparation))
    assert (other_seed.score(documents)[GUIDED][0] != model.score(documents)[GUIDED][0]).any()


def test_without_vectors_terms_and_guided_lda_are_summed(ready: Ready) -> None:
    *_, documents, model = ready
    model = replace(model, least={})
    found = model.score(replace(documents, vectors=None))
    assert set(found) == {TERMS, GUIDED, COMBINED}
    views = model.views(replace(documents, vectors=None))
    assert set(model.calibrations[COUNTS].weights) == {TERMS, GUIDED}
    margins = model.calibrations[COUNTS].margins(views, documents.groups, documents.occurrences == 0)
    np.testing.assert_array_equal(found[COMBINED][0], soft(margins))
    assert set(model.score(replace(documents, vectors=None, counts=None))) == {TERMS, COMBINED}


def test_a_theme_with_few_hits_is_decided_by_its_terms_alone(ready: Ready) -> None:
    corpus, _, preparation, prepared, _, _ = ready
    rare = Theme("rare", {}, {"en": ["17"]})  # a number that stands in one or two documents
    documents = theme_documents(corpus, (*THEMES, rare), prepared)
    model = fit_themes(documents, (*THEMES, rare), preparation.vocabulary, 1, projection(preparation))
    assert model.supported["en"].tolist() == [True, True, False]
    found = model.score(documents)
    np.testing.assert_array_equal(found[COMBINED][1][:, 2], documents.occurrences[:, 2] > 0)
    assert not found[GUIDED][1][:, 2].any()


def test_few_documents_leave_terms_alone(tmp_path: Path) -> None:
    corpus, _ = planted(30)
    documents = find_hits(corpus, THEMES)
    model = fit_themes(documents, THEMES, None, 1, None)
    assert model.scorers == (COMBINED, TERMS)
    model.save(tmp_path)
    found = load(tmp_path, THEMES).score(documents)
    np.testing.assert_array_equal(found[COMBINED][0], found[TERMS][0])
    np.testing.assert_array_equal(found[TERMS][1], documents.occurrences > 0)


def test_thresholds_of_labels_are_kept_and_decide(ready: Ready, tmp_path: Path) -> None:
    *_, documents, model = ready
    own = replace(model, labelled=(None, 0.9, *(None for _ in THEMES[2:])))
    own.save(tmp_path)
    again = load(tmp_path, THEMES)
    assert again.labelled == own.labelled
    before, found = model.score(documents), again.score(documents)
    above, silent = before[COMBINED][0][:, 1].astype(np.float32) >= np.float32(0.9), documents.occurrences[:, 1] == 0
    np.testing.assert_array_equal(found[COMBINED][1][silent, 1], above[silent])
    assert (found[COMBINED][1][:, 1] != above).sum() <= 0.02 * len(above)  # articles unlike the others keep their terms' decision
    assert found[COMBINED][1][:, 1].sum() < before[COMBINED][1][:, 1].sum()
    np.testing.assert_array_equal(found[COMBINED][1][:, 0], before[COMBINED][1][:, 0])
    np.testing.assert_array_equal(found[GUIDED][1], before[GUIDED][1])


def test_a_document_unlike_the_training_documents_is_decided_by_its_terms(ready: Ready) -> None:
    """A few words, or words of which few are known, make vectors that look like anything."""
    _, _, preparation, _, documents, model = ready
    own = OWN["harbours"][2:]  # none of its terms
    short = [make_document(" ".join(random.Random(n).sample(own, 4)) + f" {n}") for n in range(40)]
    unknown = [make_document(" ".join([*random.Random(n).choices(own, k=40), *[f"qx{n}w{m}" for m in range(900)]])) for n in range(40)]
    for foreign in (short, unknown):
        new = corpus_from(foreign)
        seen = theme_documents(new, THEMES, preparation.apply(new))
        found = model.score(seen)
        np.testing.assert_array_equal(found[COMBINED][1], seen.occurrences > 0)
        assert not found[GUIDED][0].any()
        assert replace(model, least={}).score(seen)[COMBINED][1].sum() > found[COMBINED][1].sum()
    like = model.score(documents)[COMBINED][1]
    assert (like & (documents.occurrences == 0)).any()


def test_thresholds_of_labels_are_not_used_on_the_scale_without_vectors(ready: Ready) -> None:
    *_, documents, model = ready
    own = replace(model, labelled=(0.99,) * len(THEMES))
    assert own.score(documents)[COMBINED][1].sum() < model.score(documents)[COMBINED][1].sum()
    counted = replace(documents, vectors=None)
    np.testing.assert_array_equal(own.score(counted)[COMBINED][1], model.score(counted)[COMBINED][1])
    other = replace(documents, groups=("mixed",) * len(documents))  # decided by terms, whose scores have a scale of their own
    np.testing.assert_array_equal(own.score(other)[COMBINED][1], documents.occurrences > 0)


def test_a_language_never_seen_is_decided_by_terms(ready: Ready) -> None:
    *_, documents, model = ready
    other = replace(documents, groups=("mixed",) * len(documents))
    np.testing.assert_array_equal(model.score(other)[COMBINED][1], documents.occurrences > 0)


def test_evidence_of_a_document_without_terms_speaks_for_the_theme(ready: Ready) -> None:
    corpus, truth, preparation, _, documents, model = ready
    results = find_themes(corpus, model, documents, preparation).results
    silent = [
        (row, theme)
        for row, theme in zip(*np.nonzero(truth & (documents.occurrences == 0)), strict=True)
        if results[COMBINED].present[row, theme]
    ]
    texts = {document.info.id: document.text for document in corpus}
    assert silent
    for row, theme in silent:
        shown = results[COMBINED].evidence[row][theme]
        assert shown is not None
        assert texts[corpus.ids[row]][shown.start : shown.end] == shown.text
        own = list(OWN.values())[theme]
        counts = [sum(word in own for word in piece.lower().split()) for piece in texts[corpus.ids[row]].split(". ")]
        assert sum(word in own for word in shown.text.lower().rstrip(".").split()) >= np.median(counts)
    for items, row in zip(results[COMBINED].evidence, results[COMBINED].present.tolist(), strict=True):
        assert [item is not None for item in items] == row


def test_bm25_by_hand() -> None:
    hits = sparse.csr_array(np.array([[2.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]]))
    documents = ThemeDocuments(hits, np.array([0, 1]), 2, np.array([10.0, 10.0, 30.0, 30.0]), ("en",) * 4)
    weights = learn_weights(documents)
    idf = np.log(1 + (4 - 2 + 0.5) / (2 + 0.5))
    np.testing.assert_allclose(weights.idf["en"], [idf, idf])
    dampening = K1 * (1 - B + B * 10 / 20)
    found = weights.scores(documents)
    np.testing.assert_allclose(found[0], [idf * 2 * (K1 + 1) / (2 + dampening), 0.0])
    assert found[2, 0] < idf * (K1 + 1) / (1 + dampening)  # a longer document says less by one word
    shares = weights.shares(documents)
    assert shares[0, 0] > shares[2, 0] > 0  # what two themes share is split
    assert not shares[3].any()


def test_directions_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(1)
    vectors = random.normal(size=(30, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    shares = np.zeros((30, 1))
    shares[:10, 0] = 1.0
    documents = ThemeDocuments(sparse.csr_array((30, 0)), np.empty(0, dtype=np.int64), 1, np.ones(30), ("en",) * 30, None, vectors)
    found = along(documents, learn_directions(documents, shares))
    toward = vectors[:10].mean(axis=0) - vectors[10:].mean(axis=0)
    np.testing.assert_allclose(found, cosine_similarity(vectors, toward[None, :]), atol=1e-6)


def test_calibration_standardises_and_takes_the_quantile_of_chance() -> None:
    random = np.random.default_rng(1)
    views = {"a": random.normal(3, 2, (50, 1)), "b": random.normal(0, 5, (50, 1))}
    chance = {"a": random.normal(3, 2, (400, 1)), "b": random.normal(0, 5, (400, 1))}
    scale = calibrate(views, ["en"] * 50, chance, ["en"] * 400, {"a": 1.0, "b": 2.0})

    def total(of: dict[str, np.ndarray]) -> np.ndarray:
        return (of["a"] - views["a"].mean()) / views["a"].std() + 2 * (of["b"] - views["b"].mean()) / views["b"].std()

    threshold = np.quantile(total(chance), 1 - FALSE_POSITIVES)
    np.testing.assert_allclose(scale.margins(views, ["en"] * 50), total(views) - threshold)
    assert (scale.margins(views, ["fr"] * 50) == -np.inf).all()
    np.testing.assert_allclose(soft(np.array([-np.inf, 0.0, np.inf])), [0.0, 0.5, 1.0])
    assert Calibration({"a": 1.0}, {}, {}, {}).margins({"a": views["a"]}, ["en"] * 50).max() == -np.inf


def test_a_document_without_terms_must_look_like_documents_that_use_them() -> None:
    """A rare theme: of many documents that look like it more than chance would have it, few use its terms."""
    likeness = np.concatenate([np.linspace(2.0, 3.0, 10), np.linspace(0.5, 1.5, 190)])[:, None]
    views = {"terms": np.zeros((200, 1)), "embedding": likeness}
    with_terms = np.zeros((200, 1), dtype=bool)
    with_terms[:10] = True
    with_terms[[50, 90], 0] = True  # in passing
    scale = Calibration({"terms": 1.0, "embedding": 1.0}, {"en": np.zeros((2, 1))}, {"en": np.ones((2, 1))}, {"en": np.array([0.4])})
    strict = silent_thresholds(scale, views, ["en"] * 200, with_terms)
    np.testing.assert_allclose(strict.silent["en"], [2.0])
    margins = strict.margins(views, ["en"] * 200, ~with_terms)
    assert (margins > 0)[with_terms].all()  # a document with terms has the first threshold alone
    assert not (margins > 0)[~with_terms].any()
    assert (scale.margins(views, ["en"] * 200, ~with_terms) > 0).all()
    nobody = silent_thresholds(scale, views, ["en"] * 200, np.zeros((200, 1), dtype=bool))
    assert (nobody.margins(views, ["en"] * 200, np.ones((200, 1), dtype=bool)) < 0).all()


def test_shuffled_documents_have_the_corpus_words_and_no_subject(ready: Ready) -> None:
    _, _, preparation, _, documents, _ = ready
    chance = shuffled(documents, 7, projection(preparation))
    assert len(chance) == len(documents)
    expected = documents.occurrences.mean(axis=0)
    np.testing.assert_allclose(chance.occurrences.mean(axis=0), expected, rtol=0.25)
    assert chance.occurrences.var(axis=0).max() < documents.occurrences.var(axis=0).min()  # no bursts: nobody speaks of anything
    assert chance.vectors is not None
    np.testing.assert_allclose(np.linalg.norm(chance.vectors, axis=1), 1.0, rtol=1e-5)
    mixed = shuffled(documents, 7, None)
    assert mixed.vectors is not None
    np.testing.assert_allclose(np.linalg.norm(mixed.vectors, axis=1), 1.0, rtol=1e-5)
    assert (mixed.vectors != chance.vectors).any()


def test_drawn_words_follow_their_chances() -> None:
    counts = drawn(np.full(200, 50, dtype=np.int64), np.array([3.0, 0.0, 1.0]), np.random.default_rng(1))
    np.testing.assert_array_equal(counts.sum(axis=1), 50)
    np.testing.assert_allclose(np.asarray(counts.sum(axis=0)) / 10_000, [0.75, 0.0, 0.25], atol=0.02)
    assert drawn(np.array([3], dtype=np.int64), np.zeros(2), np.random.default_rng(1)).nnz == 0


def test_a_theme_has_its_own_topic_and_others_take_the_rest(ready: Ready) -> None:
    _, truth, preparation, prepared, documents, model = ready
    assert model.guided is not None
    terms = np.array(preparation.vocabulary.terms)
    for theme, own in enumerate(OWN.values()):
        top = set(terms[np.argsort(-model.guided.phi[theme])[:8]])
        assert len(top & set(own)) >= 6
        assert not top & set(OTHERS)
    shares = model.guided.shares(prepared.dtm.counts)
    assert shares[truth[:, 0], 0].mean() > 3 * shares[~truth.any(axis=1), 0].mean()
    columns = theme_columns(THEMES, preparation.vocabulary)
    assert [terms[found].tolist() for found in columns] == [sorted(theme.terms["en"]) for theme in THEMES]
    alone = fit_guided(prepared.dtm.counts, columns, model.weights.shares(documents), 1, free=0)
    assert alone.phi.shape[0] == 3 < model.guided.phi.shape[0] == 7


def test_terms_hold_no_more_than_their_part_of_the_prior() -> None:
    totals = np.array([600.0, 200.0, 10.0, 190.0])
    found = term_prior(totals, [np.array([0, 1]), np.array([2])], 4) - ETA
    most = MOST * 1000 / 4
    np.testing.assert_allclose(found[0], [most * 0.75, most * 0.25, 0.0, 0.0])  # frequent terms are cut, in proportion
    np.testing.assert_allclose(found[1], [0.0, 0.0, 10.0, 0.0])  # rare ones count as often as they stand in the documents
    np.testing.assert_allclose(found[2:], 0.0, atol=1e-12)


def test_carried_measures_topics_by_the_themes_own() -> None:
    documents = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], dtype=np.float32)
    found = carried(documents, np.array([[0.8], [0.4], [0.0]]))
    np.testing.assert_allclose(found, [[1.0], [0.5], [0.0]])


def test_words_of_a_theme_speak_for_it_and_others_do_not(ready: Ready) -> None:
    _, _, preparation, _, _, model = ready
    assert model.odds is not None
    index = preparation.vocabulary.index
    for theme, own in enumerate(OWN.values()):
        assert min(model.odds[theme, index[word]] for word in own) > 0 > max(model.odds[theme, index[word]] for word in OTHERS)


def test_documents_are_scored_some_at_a_time_alike(ready: Ready, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus, _, preparation, _, documents, model = ready
    expected = find_themes(corpus, model, documents, preparation).results
    seen: list[int] = []
    score = ThemeModel.score
    monkeypatch.setattr(findings, "BLOCK", 70)
    monkeypatch.setattr(ThemeModel, "score", lambda own, some: seen.append(len(some)) or score(own, some))
    found = find_themes(corpus, model, documents, preparation).results
    assert max(seen) == 70
    assert sum(seen) == len(corpus)
    for name, whole in expected.items():
        np.testing.assert_array_equal(found[name].scores, whole.scores)
        np.testing.assert_array_equal(found[name].present, whole.present)


def test_of_a_large_corpus_a_sample_fits_the_scorers(ready: Ready, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus, _, preparation, prepared, _, _ = ready
    path = tmp_path / "study.toml"
    path.write_text('[study]\nname = "s"\n[[sources]]\npath = "."\n', encoding="utf-8")
    file = read_study(path)
    file = replace(file, config=msgspec.structs.replace(file.config, themes=THEMES))
    fitted: list[int] = []
    real = stages.fit_themes
    monkeypatch.setattr(stages, "SAMPLE", 200)
    monkeypatch.setattr(stages, "fit_themes", lambda documents, *rest: fitted.append(len(documents)) or real(documents, *rest))
    themed = stages.theme_stage(file, tmp_path / "themes", corpus, lambda: (preparation, prepared), Engine())
    assert fitted == [200]
    assert len(themed.scores.doc_ids) == len(corpus) > 200
