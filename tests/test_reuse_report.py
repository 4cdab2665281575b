"""What a saved model says of new articles: like those of training, or not; and how often it is wrong about that."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import kstest

from tests.conftest import ROOT, corpus_from, make_document
from topics.core.documents import Document
from topics.quality.novelty import NOVEL
from topics.report.reused import reuse_markdown, verdict
from topics.reuse.artefact import Artifact, load_artifact
from topics.reuse.report import MIN_STORIES, ReuseReport, Tally
from topics.study import open_study

sys.path.insert(0, str(ROOT / "tests" / "models"))
import planted

KINDS = ("lda", "bertopic")
N = 300  # articles a language
STUDY = """[study]
name = "planted"
timezone = "UTC"
[[sources]]
path = "articles.jsonl"
[[themes]]
key = "relief"
label = {en = "Relief"}
terms = {en = ["evacuation", "landslide"], vi = ["sơ tán", "sạt lở"]}
[models.lda]
topics = 8
[models.bertopic]
"""


def articles(seed: int, n: int = N, corpus: str = "mixed") -> list[Document]:
    """Articles of half a sentence to six sentences, drawn as those of training are."""
    rng, made = random.Random(seed), []
    for document in planted.planted_documents(corpus, n, seed):
        words = (document.text + " " + rng.choice(made).text if made and rng.random() < 0.3 else document.text).split()
        text = " ".join(words[: rng.randint(8, len(words))])
        month = f"2025-{rng.randint(1, 8):02d}-{rng.randint(1, 28):02d}"
        made.append(make_document(text, language=document.info.language, source=f"{document.info.source}-{month}"))
    return made


@pytest.fixture(scope="module")
def artefacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of both models, fitted on planted articles."""
    root = tmp_path_factory.mktemp("reuse")
    lines = [{"text": item.text, "language": item.info.language, "date": item.info.source[-10:], "source": "Daily"} for item in articles(1)]
    (root / "articles.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (root / "study.toml").write_text(STUDY, encoding="utf-8")
    study = open_study(root / "study.toml")
    for kind in KINDS:
        study.fit(kind, root / kind)
    return root


@cache
def model(root: Path, kind: str) -> Artifact:
    return load_artifact(root / kind)


def report_of(artifact: Artifact, documents: Sequence[Document], size: int = 10_000) -> ReuseReport:
    tally = Tally(artifact)
    for begin in range(0, len(documents), size):
        tally.add(artifact.transform(corpus_from(documents[begin : begin + size])))
    return tally.report()


every_model = pytest.mark.parametrize("kind", KINDS)


@every_model
def test_articles_like_those_of_training_are_novel_as_often_as_is_said(artefacts: Path, kind: str) -> None:
    new = [document for seed in range(2, 6) for document in articles(seed)]
    found = model(artefacts, kind).transform(corpus_from(new))
    lengths = np.array([info.n_tokens for info in found.corpus.infos])
    languages = np.array([info.language for info in found.corpus.infos])
    assert kstest(found.novelty, "uniform").statistic < 0.1
    assert 0.03 < (found.novelty >= NOVEL).mean() < 0.08
    for rows in (lengths < 16, lengths < 32, lengths >= 64, languages == "en", languages == "vi"):
        for level in (0.5, 0.8, 0.9, NOVEL):  # of few different words many short articles are alike; fewer than that share may reach it
            assert (found.novelty[rows] >= level).mean() < 1 - level + 0.05


@every_model
def test_refit_is_rarely_advised_for_articles_like_those_of_training(artefacts: Path, kind: str) -> None:
    artifact, alarms, changes = model(artefacts, kind), 0, 0
    pool = [document for seed in range(10, 20) for document in articles(seed)]
    for trial in range(60):
        sample = random.Random(trial).sample(pool, random.Random(trial).choice([40, 100, 300]))
        found = report_of(artifact, sample)
        alarms += found.refit_advised
        changes += any(True for _ in found.changes)
    assert alarms <= 3  # 5 %
    assert changes <= 6  # a false discovery rate of 5 %, and series that hang together


def strangers(n: int) -> list[Document]:
    """Articles about something that the model has never read of."""
    rng = random.Random(3)
    pool = "volcano eruption lava ashfall magma crater seismologist tremor plume caldera".split()
    texts = [" ".join(rng.choice(pool) + " " + rng.choice(["the", "of", "and", "in"]) for _ in range(40)) for _ in range(n)]
    return [make_document(text, title=f"Ash {number} | over <b>the bay</b>") for number, text in enumerate(texts)]


@every_model
def test_a_new_subject_is_found_named_and_a_reason_to_fit_again(artefacts: Path, kind: str) -> None:
    artifact = model(artefacts, kind)
    found = report_of(artifact, [*articles(30, 100), *strangers(40)])
    assert found.refit_advised
    assert "in en are novel" in found.reasons[0]
    by_name = {one.language: one for one in found.languages}
    assert by_name["en"].too_many
    assert not by_name["vi"].too_many
    assert by_name["en"].novel > 0.25
    assert {"volcano", "lava", "magma"} <= {term for term, _ in found.unknown_terms}
    assert found.groups[0].n_docs >= 35
    assert {"volcano", "lava"} <= {*found.groups[0].terms} | {term for term, _ in found.unknown_terms[:12]}
    text = reuse_markdown(found, masked=False)
    assert text.startswith("# Refit advised\n")
    assert r"\<b\>the bay\</b\>" in text
    assert verdict(found).startswith("refit advised: ")


@every_model
def test_a_topic_and_a_theme_that_grew_are_listed(artefacts: Path, kind: str) -> None:
    artifact = model(artefacts, kind)
    relief = [item for seed in range(40, 44) for item in articles(seed) if item.info.source.startswith("relief")][:200]
    found = report_of(artifact, [*articles(44, 60), *relief])
    grew = [one for one in found.changes if one.after > one.before]
    assert ("theme", "relief") in {(one.kind, one.label) for one in grew}
    assert "topic" in {one.kind for one in grew}
    assert all(one.q <= 0.05 for one in found.changes)
    assert not found.refit_advised  # growth is news, no fault of the model
    assert "| theme 0 | relief |" in reuse_markdown(found, masked=False)


def test_parts_and_order_do_not_change_the_report(artefacts: Path) -> None:
    documents = [*articles(50, 60), *strangers(30)]
    whole = report_of(model(artefacts, "lda"), documents)
    random.Random(1).shuffle(documents)
    assert report_of(model(artefacts, "lda"), documents, 7) == whole


def test_documents_of_training_are_told_apart(artefacts: Path) -> None:
    artifact = model(artefacts, "lda")
    names = artifact.model.result.documents.doc_ids[:50]
    old = [make_document(item.text, id=name) for item, name in zip(articles(1), names, strict=False)]
    found = report_of(artifact, [*old, *articles(60, 30)])
    assert (found.n_docs, found.n_known, found.n_stories) == (110, 50, 60)
    nothing = report_of(artifact, old)
    assert (nothing.refit_advised, nothing.reasons) == (False, ("Every document is one that the model was fitted on.",))
    assert "What fits" not in reuse_markdown(nothing, masked=False)


def test_copies_of_a_story_count_once(artefacts: Path) -> None:
    documents = strangers(40)
    copies = [replace(item, info=replace(item.info, canonical=number == 0)) for number, item in enumerate(documents)]
    assert report_of(model(artefacts, "lda"), copies).n_stories == 1


def test_a_language_that_the_model_does_not_know_is_a_reason_too(artefacts: Path) -> None:
    foreign = [make_document(f"le conseil municipal numéro {n} vote", language="other") for n in range(MIN_STORIES)]
    found = report_of(model(artefacts, "lda"), [*articles(70, 40), *foreign])
    assert found.refit_advised
    assert found.reasons == ("20% of 100 new stories are in languages that the model was not fitted on.",)
    assert ("language", "other") in {(one.what, one.name) for one in found.shifts}


def test_too_few_articles_give_no_verdict(artefacts: Path) -> None:
    found = report_of(model(artefacts, "lda"), strangers(MIN_STORIES - 1))
    assert (found.refit_advised, found.reasons) == (False, ("Fewer than 20 new stories in each language, too few to judge the model by.",))


def test_what_shifted_is_listed(artefacts: Path) -> None:
    long = [make_document(" ".join(item.text for item in articles(seed, 12, "english"))) for seed in range(80, 110)]
    found = report_of(model(artefacts, "lda"), long)
    assert {"language", "length", "source"} == {one.what for one in found.shifts}
    assert "| source | s | 0.0% | 100.0% |" in reuse_markdown(found, masked=False)
