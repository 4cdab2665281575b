"""Novelty: uniform among documents like those of training, whatever their language and length; high for what is unlike them."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from scipy.stats import kstest

from topics.core.errors import ContractError
from topics.quality.novelty import ENOUGH, EVERY, NOVEL, SHOWN, LengthClass, Scale, Scores, join, learn_scales, length_classes, novelty


def drawn(n: int, seed: int, lengths: tuple[int, int] = (10, 900), language: str = "en") -> Scores:
    """Fit and share of unknown words that depend on length and scatter around it, as those of articles do."""
    rng = np.random.default_rng(seed)
    words = np.exp(rng.uniform(*np.log(lengths), n)).astype(np.int64)  # as many short ones as long ones
    base = 0.2 if language == "en" else 0.4
    fit = np.clip(base + 0.05 * np.log(words) + rng.normal(0, 0.05, n), 0, 1)
    unknown = rng.binomial(words, 0.1) / words
    return Scores((language,) * n, words, fit, unknown, np.ones(n, dtype=bool))


TRAINING = join([drawn(3000, 1), drawn(3000, 2, language="vi")])
SCALES = learn_scales(TRAINING)


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("lengths", [(10, 900), (10, 16), (20, 40), (130, 250), (700, 900)])
def test_novelty_is_uniform_at_every_length(language: str, lengths: tuple[int, int]) -> None:
    found = novelty(SCALES, drawn(2000, 3, lengths, language))
    assert kstest(found, "uniform").statistic < 0.1
    assert (found >= NOVEL).mean() == pytest.approx(0.05, abs=0.03)


def test_each_language_has_a_scale_of_its_own_and_others_that_of_all() -> None:
    english = drawn(500, 4)
    wrong = Scores(("vi",) * 500, english.lengths, english.fit, english.unknown, english.whole)
    other = Scores(("fr",) * 500, english.lengths, english.fit, english.unknown, english.whole)
    assert novelty(SCALES, wrong).mean() > 0.8 > 0.6 > novelty(SCALES, english).mean()
    assert novelty(SCALES, english).mean() < novelty(SCALES, other).mean() < novelty(SCALES, wrong).mean()
    assert set(SCALES) == {EVERY, "en", "vi"}


@pytest.mark.parametrize("what", ["fit", "unknown"])
def test_what_fits_worse_or_holds_more_unknown_words_is_newer(what: str) -> None:
    usual = drawn(500, 5)
    worse = {"fit": usual.fit - 0.25, "unknown": usual.unknown + 0.25}[what]
    strange = replace(usual, **{what: np.clip(worse, 0, 1)})
    assert (novelty(SCALES, strange) >= novelty(SCALES, usual)).all()
    assert (novelty(SCALES, strange) >= NOVEL).mean() > 0.8


def test_the_length_of_a_document_counts() -> None:
    """A fit that is usual for twelve words is not for eight hundred."""
    short, long = (Scores(("en",) * 200, np.full(200, n), np.full(200, 0.33), np.full(200, 0.1), np.ones(200, bool)) for n in (12, 800))
    assert novelty(SCALES, short).mean() < 0.6
    assert novelty(SCALES, long).mean() > 0.95


def test_openings_stand_for_lengths_without_enough_documents_and_only_there() -> None:
    long, short = drawn(1000, 6, (300, 900)), drawn(ENOUGH, 7, (16, 31))
    fake = Scores(("en",) * 400, np.full(400, 20), np.full(400, 0.9), np.zeros(400), np.zeros(400, bool))
    filled = learn_scales(join([long, fake]))["en"]
    assert filled.classes[0].number == length_classes(np.array([20]))[0]
    assert filled.n_docs == 1000
    kept = learn_scales(join([long, short, fake]))["en"]
    assert max(kept.classes[0].fit) < 0.9


def test_few_documents_leave_novelty_below_one() -> None:
    scales = learn_scales(drawn(9, 8))
    found = novelty(scales, Scores(("en",), np.array([50]), np.zeros(1), np.ones(1), np.ones(1, bool)))
    assert found[0] == pytest.approx(0.9)


def test_a_scale_keeps_few_values_and_comes_back_the_same() -> None:
    again = msgspec.json.decode(msgspec.json.encode(SCALES), type=dict[str, Scale])
    assert again == SCALES
    assert max(len(one.fit) for one in SCALES["en"].classes) == SHOWN
    new = drawn(300, 9)
    assert np.array_equal(novelty(SCALES, new), novelty(again, new))
    some = np.arange(0, 300, 7)
    assert np.array_equal(novelty(SCALES, new)[some], novelty(SCALES, new.rows(some)))


@pytest.mark.parametrize(
    ("fit", "unknown", "surprise", "said"),
    [((), (), (1.0,), "no values"), ((0.5,), (2.0,), (1.0,), "outside"), ((0.5,), (0.1,), (float("nan"),), "no number")],
)
def test_a_scale_checks_itself(fit: tuple[float, ...], unknown: tuple[float, ...], surprise: tuple[float, ...], said: str) -> None:
    with pytest.raises(ContractError, match=said):
        Scale((LengthClass(0, fit, unknown),), surprise, 1, 0.5, 0.1)
