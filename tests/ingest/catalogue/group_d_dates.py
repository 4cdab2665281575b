"""Rows 52-68: dates."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from catalogue.rows import ARTICLE, BAI_BAO, Found, Row
from topics.core.documents import DateEstimate
from topics.ingest.dates.audit import AuditRow, date_audit
from topics.ingest.dates.mentions import find_mentions

Check = Callable[[Found], None]


def _records(*fields: Mapping[str, object]) -> dict[str, bytes]:
    """A file of records with the given fields; the texts differ."""
    lines = [json.dumps({"text": f"{ARTICLE} It was report number {n} of them.", **values}) for n, values in enumerate(fields)]
    return {"a.jsonl": "\n".join(lines).encode()}


def _dates(*expected: str | None) -> Check:
    """The days of the documents, in the order of their records."""

    def check(found: Found) -> None:
        documents = sorted(found.documents, key=lambda document: (document.info.file, document.info.record))
        assert [str(document.info.date.point) for document in documents] == [str(day) for day in expected]

    return check


def _span(earliest: str | None, latest: str | None, precision: str) -> Check:
    """No day, and these bounds."""

    def check(found: Found) -> None:
        (document,) = found.documents
        estimate = document.info.date
        assert (estimate.point, estimate.precision) == (None, precision)
        assert (str(estimate.earliest), str(estimate.latest)) == (str(earliest), str(latest))

    return check


def _is_last_day(day: date) -> Check:
    """The last day of the data, beyond which one date lies."""

    def check(found: Found) -> None:
        assert found.report.as_of == day
        assert [document.info.date.method for document in found.documents if "date_after_as_of" in document.info.notes] == ["after_as_of"]

    return check


def _look_alikes(_: Path) -> None:
    for text in (
        "Resolution No.57-NQ/TW", "a score of 3-7", "open 24/7", "about 1/2 of it", "COVID-19", "call 0912 345 678", "Tel. 024.3825.2025",
        "Nghị định 14/2025/NĐ-CP", "the 2025–2030 term", "giai đoạn 2021-2025", "version 2.5", "T-54 and B-52", "may 12 people come",
    ):  # fmt: skip
        assert find_mentions(f"It is {text} here.") == (), text


def _all_on_one_day(_: Path) -> None:
    def audited(days: Sequence[date]) -> list[str]:
        estimates = [DateEstimate(day, day, day, "day", 0.99, "field") for day in days]
        return [finding.code for finding in date_audit(AuditRow("s", f"d{n}", e) for n, e in enumerate(estimates)).findings]

    assert audited([date(2025, 3, 14)] * 40) == ["no_trend"]
    assert audited([date(1990, 1, 1), date(2020, 1, 1), date(2090, 1, 1)]) == ["no_trend"]
    assert audited([date(2025, 1, 1) + timedelta(days=n) for n in range(40)]) == []


def _feed_out_of_order(found: Found) -> None:
    noted = [document.info for document in found.documents if "order_conflict" in document.info.notes]
    assert [info.record for info in noted] == [13]
    (finding,) = (finding for finding in found.report.audit.findings if finding.code == "order_conflict")
    record = {document.info.id: f"{document.info.file}:{document.info.record}" for document in found.documents}
    assert finding.sentence(record.__getitem__) == (
        "1 of 30 documents (3.3%) contradict the order of their feed (a.jsonl:13 beside a.jsonl:12)."
    )


ROWS = (
    Row(
        52,
        "no date at all",
        "No day and no bounds (before `as_of` is true of every document); counted as undated, left out of trends.",
        {"a.txt": ARTICLE.encode()},
        accepted=1,
        also=_span(None, None, "none"),
    ),
    Row(
        53,
        '"Sáng 14/1" and no year anywhere',
        "No day: the year is never taken from the clock.",
        {"a.txt": f"Sáng 14/1, {BAI_BAO}".encode()},
        accepted=1,
        also=_span(None, None, "none"),
    ),
    Row(
        53,
        '"Sáng 14/1" and a decision signed on 26/12/2025',
        "The first 14 January after the latest past date.",
        {"a.txt": f"Sáng 14/1, {BAI_BAO}\nQuyết định được ký ngày 26/12/2025.".encode()},
        accepted=1,
        also=_dates("2026-01-14"),
    ),
    Row(
        54,
        '"trong tháng 1/2025 đã"',
        "Not before that month, no invented day.",
        {"a.txt": f"Trong tháng 1/2025 đã có tin: {BAI_BAO}".encode()},
        accepted=1,
        also=_span("2025-01-01", None, "interval"),
    ),
    Row(
        54,
        '"trong quý III/2024", neither past nor ahead',
        "Not before the year before that quarter: it may be named ahead.",
        {"a.txt": f"Trong quý III/2024, {BAI_BAO}".encode()},
        accepted=1,
        also=_span("2023-07-01", None, "interval"),
    ),
    Row(
        54,
        '"the colour of 2024"',
        "Not before the year before it: a year that is only named may be the next one.",
        {"a.txt": f"Grey is the colour of 2024. {ARTICLE}".encode()},
        accepted=1,
        also=_span("2023-01-01", None, "interval"),
    ),
    Row(
        54,
        '"results in 2024"',
        "From that year to the middle of the next, no invented day.",
        {"a.txt": f"They spoke of the results in 2024. {ARTICLE}".encode()},
        accepted=1,
        also=_span("2024-01-01", "2025-06-30", "interval"),
    ),
    Row(
        55,
        "03/04/2025, and nothing in the source settles the order",
        "The interval of both readings, and a note.",
        _records({"date": "03/04/2025"}),
        accepted=1,
        notes=("ambiguous_day_month",),
        also=_span("2025-03-04", "2025-04-03", "interval"),
    ),
    Row(
        55,
        "03/04/2025 beside three dates like 25/04/2025 in one source",
        "The source's other dates settle that the day comes first.",
        _records({"date": "03/04/2025"}, {"date": "25/04/2025"}, {"date": "26/04/2025"}, {"date": "27/04/2025"}),
        accepted=4,
        also=_dates("2025-04-03", "2025-04-25", "2025-04-26", "2025-04-27"),
    ),
    Row(
        55,
        "03/04/2025 in every field, and articles that quote 25/03/2025",
        "Texts do not say how a field is written: the interval of both readings, and a note.",
        {
            "a.jsonl": "\n".join(
                json.dumps({"date": "03/04/2025", "text": f"{ARTICLE} Report {n} quotes 25/03/2025."}) for n in range(4)
            ).encode()
        },
        accepted=4,
        notes=("ambiguous_day_month",),
        also=_dates(None, None, None, None),
    ),
    Row(
        55,
        "03/04/2025 with `day_first = false`",
        "The option settles it.",
        _records({"date": "03/04/2025"}),
        accepted=1,
        source={"day_first": False},
        also=_dates("2025-03-04"),
    ),
    Row(
        56,
        "31/02/2025, 2025-13-01, 29/02/2023",
        "No date and a note for each; never repaired.",
        _records({"date": "31/02/2025"}, {"date": "2025-13-01"}, {"date": "29/02/2023"}),
        accepted=3,
        notes=("date_impossible",),
        each=True,
        also=_dates(None, None, None),
    ),
    *(
        Row(
            57,
            f"{given} beyond all others, in a corpus of {n + 1} articles",
            "Not taken for the last day of the data, not used as a day, and a note that says how to set that day.",
            _records(*({"date": str(date(2025, 3, 1) + timedelta(days=k % 60))} for k in range(n)), {"date": wrong}),
            accepted=n + 1,
            notes=("date_after_as_of",),
            also=_is_last_day(date(2025, 3, 1) + timedelta(days=min(n, 60) - 1)),
        )
        for n, given, wrong in (
            (10, "one date decades", "2062-03-14"),
            (60, "one date decades", "2062-03-14"),
            (299, "one date ten months", "2026-02-28"),
        )
    ),
    Row(
        57,
        "five articles over two years",
        "The last of them is the last day of the data: nothing shows that one is wrong.",
        _records(*({"date": day} for day in ("2024-01-10", "2024-01-12", "2024-03-01", "2024-03-02", "2026-01-14"))),
        accepted=5,
        also=_dates("2024-01-10", "2024-01-12", "2024-03-01", "2024-03-02", "2026-01-14"),
    ),
    Row(
        57,
        "a past date in a text after the last day that the data give",
        "The interval is kept: documents without a day can be later than all that have one.",
        {"a.jsonl": json.dumps({"date": "2025-03-14", "text": ARTICLE}).encode(), "b.txt": f"It ended on 20 May 2025. {ARTICLE}".encode()},
        accepted=2,
        also=lambda found: _bounded_from(found, date(2025, 5, 20)),
    ),
    Row(
        58,
        "0001-01-01, 1899-12-31, 9999-12-31, 0, 1970-01-01",
        "No date and a note for each: a placeholder.",
        _records(*({"date": value} for value in ("0001-01-01", "1899-12-31", "9999-12-31", "0", "1970-01-01"))),
        accepted=5,
        notes=("date_placeholder",),
        each=True,
        also=_dates(*[None] * 5),
    ),
    Row(
        59,
        "seconds since 1970 in every record",
        "Read as dates, since all agree.",
        _records(*({"date": 1_768_435_200 + 86_400 * n} for n in range(3))),
        accepted=3,
        also=_dates("2026-01-15", "2026-01-16", "2026-01-17"),
    ),
    Row(
        59,
        "seconds in one record, an ISO date in another",
        "The number is no date, and a note.",
        _records({"date": 1_768_435_200}, {"date": "2026-01-14"}),
        accepted=2,
        notes=("date_number",),
        also=_dates(None, "2026-01-14"),
    ),
    Row(
        59,
        "a spreadsheet's 45678 with `date_numbers = excel`",
        "The option says what it counts.",
        _records({"date": "45678"}),
        accepted=1,
        source={"date_numbers": "excel"},
        also=_dates("2025-01-21"),
    ),
    Row(
        60,
        "2026-01-14T23:30Z, 23:30 GMT+7 and 23:30 without a zone, in Hanoi",
        "The day in the study's zone; near midnight without a zone a note.",
        _records({"date": "2026-01-14T23:30Z"}, {"date": "14/01/2026 23:30 (GMT+7)"}, {"date": "2026-01-14 23:30"}),
        accepted=3,
        notes=("zone_unknown",),
        also=_dates("2026-01-15", "2026-01-14", "2026-01-14"),
    ),
    Row(
        61,
        "the date column against the text's own header, six days apart",
        "The column wins; the conflict is a note.",
        {"a.jsonl": json.dumps({"date": "2025-09-20", "text": f"Published: 14 September 2025\n{ARTICLE}"}).encode()},
        accepted=1,
        notes=("date_conflict",),
        also=_dates("2025-09-20"),
    ),
    Row(
        61,
        '"Updated: 15 September" above "Published: 14 September"',
        "Published wins.",
        {"a.txt": f"Updated: 15 September 2025\nPublished: 14 September 2025\n{ARTICLE}".encode()},
        accepted=1,
        also=_dates("2025-09-14"),
    ),
    Row(
        62,
        "history and anniversaries",
        "Mentions, never the day of publication.",
        {"a.txt": f"The 80th anniversary of the day of September 2, 1945 was kept. {ARTICLE}".encode()},
        accepted=1,
        also=_span(None, None, "none"),
    ),
    Row(
        62,
        "a past full date in the lead",
        "Not before that day; a day of publication only where the text says so.",
        {"a.txt": f"The clerk, who was arrested on 7 March 2021, was heard. {ARTICLE}".encode()},
        accepted=1,
        also=_span("2021-03-07", None, "interval"),
    ),
    Row(
        53,
        '"Sáng 19/12" at a meeting on the work of 2025 and the tasks of 2026',
        "No year: in December it is that of the work as likely as that of the tasks.",
        {"a.txt": f"Sáng 19/12, hội nghị tổng kết công tác năm 2025, triển khai nhiệm vụ năm 2026: {BAI_BAO}".encode()},
        accepted=1,
        also=_span("2025-12-18", None, "interval"),
    ),
    Row(
        63,
        "an event that is still ahead",
        "No day and no bound.",
        {"a.txt": f"The forum will be held on January 20, 2026 in the capital. {ARTICLE}".encode()},
        accepted=1,
        also=_span(None, None, "none"),
    ),
    Row(
        64,
        '"mùng 3 Tết"',
        "Not converted; a note.",
        {"a.txt": f"Mùng 3 Tết, {BAI_BAO}".encode()},
        accepted=1,
        notes=("date_lunar",),
        also=_span(None, None, "none"),
    ),
    Row(
        64,
        '"Phật lịch 2568"',
        "Not converted; a note.",
        {"a.txt": f"Mùa Vu Lan Phật lịch 2568, {BAI_BAO}".encode()},
        accepted=1,
        notes=("date_buddhist_year",),
        also=_span(None, None, "none"),
    ),
    Row(
        65,
        '"hôm qua" without an anchor',
        "Named, not resolved.",
        {"a.txt": f"Hôm qua, {BAI_BAO}".encode(), "b.txt": f"Last week {ARTICLE}".encode()},
        accepted=2,
        notes=("date_relative",),
        each=True,
        also=_dates(None, None),
    ),
    Row(66, "numbers that look like dates", "Are none.", check=_look_alikes),
    Row(67, "all documents on one day, or one a generation", "The audit says that a trend is not possible.", check=_all_on_one_day),
    Row(
        68,
        "a record whose day contradicts the order of its feed",
        "Named with its neighbour in the feed, and a note.",
        _records(*({"date": "2025-03-01" if n == 12 else str(date(2025, 1, 1) + timedelta(days=n))} for n in range(30))),
        accepted=30,
        notes=("order_conflict",),
        also=_feed_out_of_order,
    ),
)


def _bounded_from(found: Found, day: date) -> None:
    assert [document.info.date.earliest for document in found.documents if not document.info.date.point] == [day]
