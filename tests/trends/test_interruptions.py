"""Events: the file with its errors, planted changes with their size, and flat series."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import false_discovery_control

from tests.trends.planted import cells, counts
from topics.core.errors import UsageError
from topics.core.events import Event
from topics.trends._sample import Sample, sample
from topics.trends.event_file import read_events
from topics.trends.interruptions import MIN_PLACEBOS, _columns, event_effects

AT = Event(date(2019, 8, 11), "x")  # in the twentieth month of 2018-01 and after, with 21 of 31 days left


def made(hits: np.ndarray, trials: np.ndarray) -> Sample:
    rows = zip(hits, trials, strict=True)
    return sample([cells(k.tolist(), n.tolist(), f"s{row}") for row, (k, n) in enumerate(rows)])


def test_events_are_read_in_order_of_date(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text('\ufeffDate,Name\r\n2024-02-10,"Tết, ngày đầu"\r\n\r\n 2023-01-22 , Tết \r\n', encoding="utf-8")
    assert read_events(path) == (Event(date(2023, 1, 22), "Tết"), Event(date(2024, 2, 10), "Tết, ngày đầu"))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", ":1", "the columns are missing"),
        ("name,date\nx,2024-01-01\n", ":1", "the columns are name, date"),
        ("date,name\n2024-01-01,x\n10/02/2024,y\n", ":3", "'10/02/2024' is no date"),
        ("date,name\n20240210,y\n", ":2", "'20240210' is no date"),
        ("date,name\n2024-02-30,y\n", ":2", "'2024-02-30' is no date"),
        ("date,name\n2024-02-10,\n", ":2", "has no name"),
        ("date,name\n2024-02-10,a,b\n", ":2", "3 cells where there are 2 columns"),
        ("date,name\n2024-02-10,a\n\n2024-02-10,a\n", ":4", "already stands in line 2"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, text: str, line: str, said: str) -> None:
    path = tmp_path / "events.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said) as error:
        read_events(path)
    assert error.value.where == f"{path}{line}"
    assert error.value.hint


@pytest.mark.parametrize("content", [None, b"date,name\n2024-02-10,\xff\n"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "events.csv"
    if content:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="cannot be read"):
        read_events(path)


def test_flat_series_change_with_an_event_as_rarely_as_stated() -> None:
    rng = np.random.default_rng(1)
    trials = rng.integers(15, 60, (200, 36)).astype(float)
    for rho in (0.0, 0.5):
        found = event_effects(made(counts(rng, np.full(trials.shape, 0.15), trials, rho, 0.3), trials), "all", AT)
        for effect in ("level", "pulse"):
            rows = [item for item in found if item.effect == effect]
            assert np.mean([item.p < 0.05 for item in rows]) <= 0.08
            assert np.mean([item.placebo_p <= 0.05 for item in rows]) <= 0.1
            assert np.mean([item.decision in ("higher", "lower") for item in rows]) <= 0.02


@pytest.mark.parametrize("effect", ["level", "pulse"])
def test_a_planted_change_is_found_with_its_size(effect: str) -> None:
    rng = np.random.default_rng(2)
    trials = np.full((60, 36), 100.0)
    column = _columns(np.arange(36), effect, 19, 21 / 31)  # type: ignore[arg-type]
    hits = counts(rng, np.broadcast_to(expit(logit(0.2) + 1.2 * column), trials.shape), trials, 0.3, 0.15)
    rows = [item for item in event_effects(made(hits, trials), "vi", AT) if item.effect == effect]
    assert np.median([math.log(item.value) for item in rows]) == pytest.approx(1.2, abs=0.1)
    assert np.mean([item.low < math.exp(1.2) < item.high for item in rows]) >= 0.9
    assert np.mean([item.decision == "higher" for item in rows]) >= 0.85
    assert {(item.language, item.event, item.n_placebos) for item in rows} == {("vi", AT, 36 - 8 - 5)}


def test_a_change_elsewhere_is_not_given_to_the_event() -> None:
    share = np.full((40, 48), 0.2)
    share[:, 32:] = 0.45
    trials = np.full((40, 48), 60.0)
    rows = event_effects(made(counts(np.random.default_rng(3), share, trials), trials), "all", AT)
    assert np.mean([item.decision in ("higher", "lower") for item in rows]) <= 0.1


@pytest.mark.parametrize(
    ("event", "n_periods", "said"),
    [
        (Event(date(2017, 12, 31), "x"), 36, "outside the complete periods, 2018-01 to 2020-12"),
        (Event(date(2021, 1, 1), "x"), 36, "outside the complete periods"),
        (Event(date(2018, 4, 30), "x"), 36, "4 periods before and after the event are needed, there are 3 and 32"),
        (Event(date(2018, 4, 30), "x"), 7, "8 complete periods with articles are needed"),
    ],
)
def test_where_nothing_can_be_said_the_reason_is(event: Event, n_periods: int, said: str) -> None:
    rows = event_effects(made(np.full((2, n_periods), 5.0), np.full((2, n_periods), 30.0)), "all", event)
    assert len(rows) == 4
    assert all(said in item.decision and math.isnan(item.value) for item in rows)


def test_a_pulse_ends_by_the_calendar() -> None:
    """Two of its three months hold no article: the fourth month is not its second."""
    places = np.array([0, 1, 2, 3, 4, 5, 8, 9, 10])
    assert _columns(places, "pulse", 5, 0.5).tolist() == [0, 0, 0, 0, 0, 0.5, 0, 0, 0]
    assert _columns(places, "level", 5, 0.5).tolist() == [0, 0, 0, 0, 0, 0.5, 1, 1, 1]
    assert _columns(np.arange(9), "pulse", 5, 0.5).tolist() == [0, 0, 0, 0, 0, 0.5, 1, 1, 0]


def test_false_discoveries_are_held_down_over_both_effects_of_an_event() -> None:
    rng = np.random.default_rng(12)
    trials = np.full((5, 36), 60.0)
    share = np.full(trials.shape, 0.15)
    share[:2, 19:] = 0.3
    items = event_effects(made(counts(rng, share, trials, 0.2, 0.2), trials), "all", AT)
    assert len(items) == 10
    assert [item.q for item in items] == pytest.approx(false_discovery_control([item.p for item in items]))


def test_a_theme_of_hardly_any_story_is_not_tested() -> None:
    trials = np.full((2, 36), 60.0)
    hits = np.zeros((2, 36))
    hits[0] = 9
    items = event_effects(made(hits, trials), "all", AT)
    assert [item.decision for item in items if item.series == "s1"] == ["not tested: 4 stories of it are needed, there are 0.0"] * 2
    assert [item.decision for item in items if item.series == "s0"] == ["no clear change"] * 2


def test_few_other_dates_are_said_to_be_few() -> None:
    share = np.full((1, 24), 0.1)
    share[0, 19:] = 0.7
    trials = np.full((1, 24), 100.0)
    level, _ = event_effects(made(share * trials, trials), "all", AT)
    assert level.n_placebos < MIN_PLACEBOS
    assert math.isnan(level.placebo_p)
    assert level.decision.startswith("higher, not checked: 19 other dates are needed, there are")


def test_an_event_in_a_hole_of_the_data_is_not_estimated() -> None:
    """No article for eleven months around it: nobody can say what changed with it."""
    trials = np.full((1, 40), 60.0)
    trials[0, 15:26] = 0
    hits = np.where(trials > 0, 6.0, 0.0)
    found = event_effects(made(hits, trials), "all", AT)
    assert {item.decision.split(";")[0] for item in found} == {
        "not estimated: no whole period with articles holds the day, the next one is 2020-03"
    }
    assert all(math.isnan(item.value) for item in found)
