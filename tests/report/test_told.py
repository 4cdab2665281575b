"""What deeper code says in English is told in the language of the page, by the forms in `words/*.toml`."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from topics.core.documents import DateEstimate
from topics.core.registry import discover
from topics.core.sampling import said_sample
from topics.ingest import notes, warnings
from topics.ingest.dates.audit import NOTE_SENTENCES, AuditRow, date_audit
from topics.report.told import counted, told
from topics.report.wording import Wording
from topics.trends.statistics.growth import verdict

EN, VI = Wording("en"), Wording("vi")
WORDS_OF_ENGLISH = re.compile(r"\b(the|of|are|have|had|with|documents|which|not)\b")


def vietnamese(english: str) -> str:
    found = told(VI, english)
    assert not found.foreign, english
    assert not WORDS_OF_ENGLISH.search(found.text), found.text
    assert told(EN, english).text == english
    return found.text


@pytest.mark.parametrize("code", sorted({*notes._CODES, *NOTE_SENTENCES, "encoding_tcvn3", "delimiter_;", "vi_without_diacritics"}))
def test_every_note_on_reading_is_told(code: str) -> None:
    vietnamese(notes.describe(code))


@pytest.mark.parametrize("name", sorted(notes._PREFIXES))
def test_every_note_with_a_value_is_told(name: str) -> None:
    assert "vni" in vietnamese(notes.describe(f"{name}vni"))


@pytest.mark.parametrize("code", sorted(NOTE_SENTENCES))
def test_every_finding_of_the_date_audit_is_told_with_its_numbers(code: str) -> None:
    rows = [AuditRow("a", f"d{n}", DateEstimate(), (code,) if n < 400 else ()) for n in range(1200)]
    finding = next(item for item in date_audit(rows).findings if item.code == code)
    said = vietnamese(finding.sentence())
    assert said.startswith("400 trên 1.200 bài (33,3%)")
    assert "d0" in said


def test_that_a_model_was_fitted_on_a_sample_is_told() -> None:
    (said,) = said_sample(100_000, 850_000, 632)
    assert "100.000 trong 850.000 bài" in vietnamese(said)
    assert "5.372 bài" in vietnamese(said)


def test_findings_of_a_source_are_told() -> None:
    day = date(2024, 1, 5)
    fridays = [day + timedelta(days=7 * max(0, n - 288)) for n in range(300)]  # nearly all on the first of them
    points = [DateEstimate(point=one, earliest=one, latest=one, precision="day", confidence=1.0, method="field") for one in fridays]
    rows = [AuditRow("báo", f"d{n}", point, (), "2024-01-05T10:00", lag=-1, url_lag=1) for n, point in enumerate(points)]
    found = [*date_audit(rows).findings, *date_audit(rows[:200]).findings]
    codes = {item.code for item in found}
    assert {"fetch_time", "field_before_text", "field_against_address", "one_day", "one_weekday", "no_trend"} <= codes
    for item in found:
        said = vietnamese(item.sentence())
        assert "báo" in said or not item.source


def test_statistics_and_their_decisions_are_told() -> None:
    for name, statistic in discover("topics.trends.statistics", "STATISTIC").items():
        vietnamese(name.replace("_", " "))
        vietnamese(statistic.description)
    for odds, q in ((2.0, 0.01), (0.5, 0.01), (1.0, 0.9)):
        vietnamese(verdict(odds, q))
    assert vietnamese("descriptive: upwards") == "mô tả: đi lên"
    assert vietnamese("no clear change (tested)") == "không thay đổi rõ rệt (đã kiểm định)"
    assert vietnamese("weak signal; few periods: read with care") == "tín hiệu yếu; ít kỳ: cần đọc thận trọng"
    assert vietnamese("not tested: 3 articles of it are needed, there are 1.5").endswith("1,5")


def test_doubts_of_a_corpus_are_told() -> None:
    assert f"{warnings.COPIES_A_DAY:.0%}" == "20%"
    vietnamese("On 2 day(s) one story makes up over 20% of all articles (2024-01-05, 2024-01-06): weigh by stories, not articles.")
    vietnamese("85% of the documents come from one source, 'báo': trends are those of this source.")


def test_numbers_are_written_as_the_page_does_and_names_stay() -> None:
    text = "1,204 of 2,000 documents (60%) are longer than the 512 tokens that the model takes at once. "
    said = vietnamese(f"{text}They were read whole, in pieces; cut short they would have lost 1.5% of all tokens.")
    assert "1.204 trên 2.000 bài" in said
    assert "1,5%" in said
    assert counted(VI, [("day", 1200), ("none", 3)]).text == "ngày 1.200, không có 3"
    assert counted(VI, [("some new way", 3)]) == told(VI, "some new way 3")


def test_what_has_no_form_stays_english_and_is_marked() -> None:
    assert told(VI, "a sentence of a plug-in.").foreign
    assert told(VI, "Fit 2: a sentence of a plug-in.").foreign
    assert not told(VI, "Fit 2: 5 sweeps of Gibbs sampling followed; the topics are their mean.").foreign
    assert not told(EN, "a sentence of a plug-in.").foreign


def test_nothing_but_quarantine_is_english_on_the_vietnamese_page(sample_run: Path) -> None:
    html = (sample_run / "index.vi.html").read_text(encoding="utf-8")
    marked = re.findall(r'<(p|td|li)[^>]* lang="en"[^>]*>(.*?)</\1>', html)
    assert marked == []
    assert "Inference made" not in html
    assert math.isfinite(html.index("Suy luận gồm"))
