"""The sample to be judged: its probabilities are exact, its strata are met, and nothing but the content decides."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import corpus_from, make_document
from topics.core.documents import Corpus, DateEstimate, Removed
from topics.core.errors import UsageError
from topics.core.themes import ThemeScores
from topics.themes.labels import (
    HALVES,
    SHOWN,
    STRATA,
    Design,
    SampledDocument,
    allotment,
    draw_sample,
    half_of,
    inclusion_probabilities,
    middle_day,
    pivotal_sample,
    score_strata,
    shown_text,
    text_hash,
)

DAY = date(2024, 1, 1)


def corpus_and_scores(n: int = 120, *, copies: int = 0, seed: int = 0) -> tuple[Corpus, ThemeScores]:
    """Articles in two languages over a year, scored for two themes, one of them rare."""
    generator = np.random.default_rng(seed)
    documents = []
    for number in range(n):
        language = "vi" if number % 4 == 0 else "en"
        documents.append(make_document(f"text {number}", day=DAY + timedelta(days=3 * number), language=language, title=f"t{number}"))
    for number in range(copies):
        story = documents[number].info.story
        documents.append(make_document(f"copy {number}", day=DAY, story=story, canonical=False))
    corpus = corpus_from(documents)
    scores = (generator.random((len(corpus), 2)) ** [2, 6]).astype(np.float32)
    return corpus, ThemeScores(("often", "rarely"), corpus.ids, "made", scores, scores >= 0.5, ((None, None),) * len(corpus))


def draw(n: int = 30, seed: int = 1) -> Design:
    return draw_sample(*corpus_and_scores(), n, study="s", seed=seed)


@given(st.lists(st.floats(0.001, 1.0), min_size=1, max_size=40), st.integers(1, 50))
def test_probabilities_are_proportional_up_to_one_and_sum_to_n(shares: list[float], n: int) -> None:
    found = inclusion_probabilities(np.array(shares), n)
    assert found.sum() == pytest.approx(min(n, len(shares)))
    assert found.max() <= 1
    free = found < 1
    assert np.ptp(found[free] / np.array(shares)[free]) < 1e-9 if free.any() else True
    assert (found > 0).all()


def test_every_document_is_drawn_as_often_as_its_probability_says() -> None:
    probabilities = inclusion_probabilities(np.array([0.1, 0.4, 0.2, 0.9, 0.3, 0.05, 0.7, 0.35, 3.0]), 3)
    counts, draws = np.zeros(9), 6_000
    for seed in range(draws):
        drawn = pivotal_sample(probabilities, np.random.default_rng(seed))
        assert len(drawn) == 3
        counts[drawn] += 1
    error = np.sqrt(probabilities * (1 - probabilities) / draws)
    assert (np.abs(counts / draws - probabilities) <= 4 * error + 1e-12).all()


def test_neighbours_are_spread_almost_in_proportion() -> None:
    probabilities = np.full(100, 0.2)
    for seed in range(50):
        drawn = pivotal_sample(probabilities, np.random.default_rng(seed))
        assert len(drawn) == 20
        blocks = np.bincount(drawn // 25, minlength=4)
        assert blocks.min() >= 4
        assert blocks.max() <= 6


def test_weighted_totals_are_unbiased_over_many_draws() -> None:
    """Of a total that goes with one theme, with the other, with a language, and with none of them."""
    corpus, scores = corpus_and_scores()
    place = {identifier: row for row, identifier in enumerate(corpus.ids)}
    values = np.stack(
        [
            scores.present[:, 0],
            scores.present[:, 1],
            [info.language == "vi" for info in corpus.infos],
            [int(info.title[1:]) % 3 == 0 for info in corpus.infos],
            np.ones(len(corpus)),
        ],
        axis=1,
    ).astype(np.float64)
    totals = []
    for seed in range(400):
        design = draw_sample(corpus, scores, 25, study="s", seed=seed)
        rows = [place[item.id] for item in design.documents]
        totals.append((values[rows] / np.array([[item.probability] for item in design.documents])).sum(axis=0))
    found = np.array(totals)
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert (np.abs(found.mean(axis=0) - values.sum(axis=0)) < 4 * error).all()


def test_score_strata_split_both_sides_of_the_decision_and_keep_ties() -> None:
    scores = np.array([0.0] * 8 + [0.1, 0.3] + [0.5] * 3 + [0.9])
    strata = [STRATA[item] for item in score_strata(scores, scores >= 0.5)]
    assert strata == ["far"] * 9 + ["near"] + ["low"] * 3 + ["high"]
    assert [STRATA[item] for item in score_strata(np.zeros(3), np.zeros(3, dtype=bool))] == ["far"] * 3


def test_score_strata_get_alike_and_cells_by_the_root_of_their_size() -> None:
    strata = np.array([0] * 10 + [2] * 2)
    cells = np.array([0] * 9 + [1] + [0, 0])
    share = allotment(strata, cells)
    assert share.sum() == pytest.approx(1)
    assert share[strata == 2].sum() == pytest.approx(0.5)
    assert share[:9].sum() / share[9] == pytest.approx(3)  # nine articles against one


def test_a_rare_theme_is_drawn_more_often_than_chance_would() -> None:
    corpus, scores = corpus_and_scores(400)
    design = draw_sample(corpus, scores, 40, study="s", seed=1)
    rare = int(scores.present[:, 1].sum())
    drawn = sum(item.strata["rarely"] in {"low", "high"} for item in design.documents)
    assert drawn > 1.5 * 40 * rare / 400


def test_halves_are_told_by_the_median_day() -> None:
    days = [DateEstimate(day, day, day, "day", 1.0, "test") for day in (DAY, DAY + timedelta(1), DAY + timedelta(9))]
    ends = middle_day([*days, DateEstimate()])
    assert ends == DAY + timedelta(1)
    assert [half_of(item, ends) for item in days] == ["first", "first", "second"]
    assert half_of(DateEstimate(), ends) == "undated"
    assert half_of(DateEstimate(None, DAY, DAY + timedelta(9), "interval", 1.0, "test"), ends) == "undated"
    assert middle_day([DateEstimate()]) is None
    assert half_of(days[0], None) == "undated"


def test_design_knows_its_strata_and_their_sums() -> None:
    design = draw(30)
    assert len(design.documents) == 30
    assert design.themes == ("often", "rarely")
    for theme in design.themes:
        cells = [cell for cell in design.strata if cell.theme == theme]
        assert sum(cell.n_stories for cell in cells) == design.n_stories == 120
        assert sum(cell.n_expected for cell in cells) == pytest.approx(30, abs=1e-3)
        assert sum(cell.n_drawn for cell in cells) == 30
        assert {cell.half for cell in cells} <= set(HALVES)
        drawn = Counter((item.strata[theme], item.half, item.language) for item in design.documents)
        assert {(cell.score, cell.half, cell.language): cell.n_drawn for cell in cells if cell.n_drawn} == drawn


def test_one_copy_of_a_story_is_drawn() -> None:
    corpus, scores = corpus_and_scores(40, copies=20)
    design = draw_sample(corpus, scores, 1_000, study="s", seed=1)
    assert {item.id for item in design.documents} == {info.id for info in corpus.infos if info.canonical}
    assert {item.probability for item in design.documents} == {1.0}


def test_the_seed_chooses_and_the_order_is_blind() -> None:
    assert draw(seed=1) == draw(seed=1)
    assert {item.id for item in draw(seed=1).documents} != {item.id for item in draw(seed=2).documents}
    corpus, scores = corpus_and_scores()
    place = {identifier: row for row, identifier in enumerate(corpus.ids)}
    seen = [scores.scores[place[item.id], 0] for item in draw(100).documents]
    assert abs(np.corrcoef(np.arange(100), seen)[0, 1]) < 0.3
    days = [corpus.infos[place[item.id]].date.point.toordinal() for item in draw(100).documents]  # type: ignore[union-attr]
    assert abs(np.corrcoef(np.arange(100), days)[0, 1]) < 0.3


def test_no_themes_or_no_number() -> None:
    corpus, scores = corpus_and_scores(10)
    with pytest.raises(UsageError, match="this is 0, allowed is 1 or more"):
        draw_sample(corpus, scores, 0, study="s", seed=1)
    none = ThemeScores((), corpus.ids, "made", scores.scores[:, :0], scores.present[:, :0], ((),) * 10)
    with pytest.raises(UsageError, match="no themes"):
        draw_sample(corpus, none, 5, study="s", seed=1)


def test_shown_text_is_what_was_kept_without_gaps() -> None:
    document = make_document("HANOI, 3 March -   A  drill\n\n\nbegan.\tIt ended.")
    cut = replace(document, removed=(Removed(0, 15, "dateline"),))
    assert shown_text(document) == "HANOI, 3 March - A drill\nbegan. It ended."
    assert shown_text(cut).startswith("- A drill")
    assert text_hash(cut) != text_hash(document)


def test_a_very_long_text_is_shown_in_part_and_says_so() -> None:
    shown = shown_text(make_document("word " * 5_000))
    text, note = shown.rsplit("\n", 1)
    assert len(text) <= SHOWN
    assert text.endswith("word")
    assert note == f"[the article goes on: {len(text):,} of 24,999 characters are shown]"


def test_a_design_with_an_impossible_probability_is_refused() -> None:
    data = msgspec.json.encode(SampledDocument("a", "h", "en", "first", {}, 0.5)).replace(b"0.5", b"1.5")
    with pytest.raises(msgspec.ValidationError, match="not above 0 and at most 1"):
        msgspec.json.decode(data, type=SampledDocument)
