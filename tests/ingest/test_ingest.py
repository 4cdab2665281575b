"""From sources to a corpus: everything accounted for, the same whatever the files are called."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import corpus_from, ingest_documents, make_document, write_store
from topics.core.contracts import Rejected
from topics.core.documents import Document
from topics.core.errors import ContractError
from topics.engine import Engine
from topics.ingest import ingest as ingesting
from topics.ingest import store
from topics.ingest.documents import Item, Made, Settings, make_documents
from topics.ingest.files import SourceConfig
from topics.ingest.ingest import IngestReport
from topics.ingest.warnings import corpus_warnings

EN = "The ministry said that the two agencies in the north of the country would be merged before the end of the dry season."
OTHER = "A storm hit the coast at night and the soldiers of the division carried more than two hundred people from their homes."
VI = "Bộ trưởng cho biết hai cơ quan ở miền Bắc sẽ được sáp nhập trước mùa mưa này sau một thời gian dài nghiên cứu."
FRENCH = "Le ministre a dit que les deux agences du nord du pays seront réunies avant la fin de la saison, selon un communiqué."
Row = Mapping[str, object]
Result = tuple[list[Document], IngestReport]
Read = Callable[..., Result]


def read_folder(folder: Path, *, as_of: date | None = None, **values: object) -> Result:
    source = SourceConfig(str(folder), **values)  # type: ignore[arg-type]
    return ingest_documents([source], as_of=as_of)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def run(rows: list[Row], **values: object) -> Result:
        folder = tmp_path / "paper"
        folder.mkdir(exist_ok=True)
        (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return read_folder(folder, **values)  # type: ignore[arg-type]

    return run


def test_fields_become_a_document(read: Read) -> None:
    row = {"id": "n1", "title": "Hai cơ quan", "text": EN, "date": "2025-03-14", "source": "The Post", "url": "https://e.org", "lang": "en"}
    (document,), report = read([row])
    info = document.info
    assert (info.id, info.title, info.source, info.url, info.language) == ("n1", "Hai cơ quan", "The Post", "https://e.org", "en")
    assert (info.file, info.record, info.date.point, info.canonical) == ("a.jsonl", 1, date(2025, 3, 14), True)
    assert (report.seen, report.accepted, report.as_of) == (1, 1, date(2025, 3, 14))


def test_columns_map_every_name(read: Read) -> None:
    row = {
        "body": "Radar Toyota Hanoi",
        "day": "14/03/2025",
        "nr": 7,
        "head": "T",
        "paper": "P",
        "link": "u",
        "tongue": "vi",
        "text": OTHER,
        "title": "wrong",
    }
    columns = {"text": "body", "date": "day", "id": "nr", "title": "head", "source": "paper", "url": "link", "language": "tongue"}
    (document,), _ = read([row], columns=columns)
    info = document.info
    assert document.text == "Radar Toyota Hanoi"
    assert (info.id, info.title, info.source, info.url, info.language) == ("7", "T", "P", "u", "vi")
    assert info.date.point == date(2025, 3, 14)


@pytest.mark.parametrize(
    ("row", "fixed", "expected"),
    [
        ({}, "auto", "und"),
        ({"language": "vi"}, "auto", "vi"),
        ({"lang": "Vietnamese"}, "auto", "vi"),
        ({"lang": "vi-VN"}, "auto", "vi"),
        ({"lang": "Vietnam Airlines"}, "auto", "und"),
        ({"language": "xx"}, "auto", "und"),
        ({"language": "vi"}, "en", "en"),
        ({}, "vi", "vi"),
    ],
)
def test_language_of_few_words_is_fixed_or_named(read: Read, row: Row, fixed: str, expected: str) -> None:
    (document,), report = read([{"text": "Radar Toyota Hanoi", **row}], language=fixed)
    assert (document.info.language, report.notes) == (expected, ())


@pytest.mark.parametrize(("fixed", "expected"), [("auto", "en"), ("vi", "vi")])
def test_a_stated_language_that_the_words_contradict_is_noted(read: Read, fixed: str, expected: str) -> None:
    """The user's word holds; a record's field loses."""
    (document,), report = read([{"text": f"{EN} {OTHER}", "language": "vi"}], language=fixed)
    assert (document.info.language, dict(report.notes)) == (expected, {"language_conflict": 1})


@pytest.mark.parametrize("fixed", ["auto", "vi"])
def test_a_stated_language_hides_no_other_that_the_text_is_written_in(read: Read, fixed: str) -> None:
    (document,), report = read([{"text": f"{VI}\n{EN}", "language": "vi"}], language=fixed)
    shares = dict(document.info.language_shares)
    assert (document.info.language, dict(report.notes)) == ("vi", {"mixed_languages": 1})
    assert set(shares) == {"en", "vi"}
    assert 0.4 < shares["vi"] < 0.6


@pytest.mark.parametrize("fixed", ["auto", "vi"])
def test_a_stated_language_of_which_a_mixed_text_has_no_word_is_a_conflict_as_well(read: Read, fixed: str) -> None:
    (document,), report = read([{"text": f"{EN}\n{FRENCH}", "language": "vi"}], language=fixed)
    assert (document.info.language, set(dict(document.info.language_shares))) == ("vi", {"en", "other"})
    assert dict(report.notes) == {"language_conflict": 1, "mixed_languages": 1}


@pytest.mark.parametrize(("n_words", "expected", "shares"), [(19, "vi", (("vi", 1.0),)), (20, "en", (("en", 1.0),))])
def test_few_words_do_not_outweigh_a_stated_language_but_are_noted(
    read: Read, n_words: int, expected: str, shares: tuple[tuple[str, float], ...]
) -> None:
    (document,), report = read([{"text": " ".join(EN.split()[:n_words]), "language": "vi"}])
    assert (document.info.n_tokens, document.info.language, document.info.language_shares) == (n_words, expected, shares)
    assert dict(report.notes) == {"language_conflict": 1}


@pytest.mark.parametrize(("n_known", "expected"), [(19, "vi"), (20, "en")])
def test_words_outweigh_a_stated_language_from_a_share_of_four_in_five(read: Read, n_known: int, expected: str) -> None:
    """The other words are names, which speak for no language."""
    names = " ".join(["Toyota"] * (25 - n_known))
    text = " ".join(f"{EN} {OTHER}".replace(".", "").split()[:n_known]) + f"\n{names}"
    (document,), report = read([{"text": text, "language": "vi"}])
    assert (document.info.n_tokens, document.info.language) == (25, expected)
    assert document.info.language_shares == (("en", n_known / 25), ("und", (25 - n_known) / 25))
    assert dict(report.notes) == {"language_conflict": 1}


def test_a_short_title_in_another_language_than_stated_is_noted(read: Read) -> None:
    (document,), report = read([{"text": "Le ministre de la défense est dans la ville avec ses", "lang": "en"}])
    assert (document.info.language, document.info.language_shares) == ("en", (("en", 1.0),))
    assert dict(report.notes) == {"language_conflict": 1}


@pytest.mark.parametrize(
    ("fields", "text", "method", "point", "bad"),
    [
        ({"date": "2025-03-14"}, f"On April 2, 2025 {EN}", "field", date(2025, 3, 14), 0),
        ({"date": "03/04/2025"}, f"On March 4, 2025 {EN}", "lead", date(2025, 3, 4), 0),
        ({"date": "03/04/2025"}, f"On May 9, 2025 {EN}", "field_mdy_or_dmy", None, 0),
        ({"date": "2025-03"}, f"On March 4, 2025 {EN}", "lead", date(2025, 3, 4), 0),
        ({"date": "31/02/2025"}, f"On March 4, 2025 {EN}", "lead", date(2025, 3, 4), 1),
        ({"date": "1970-01-01"}, EN, "none", None, 1),
        ({"date": ""}, EN, "none", None, 0),
    ],
)
def test_the_field_decides_and_the_text_helps(read: Read, fields: Row, text: str, method: str, point: date | None, bad: int) -> None:
    (document,), report = read([{"text": text, **fields}])
    assert (document.info.date.method, document.info.date.point, report.bad_date_fields) == (method, point, bad)


@pytest.mark.parametrize("value", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "9999-12-31"])
def test_an_absurd_date_field_stops_nothing_and_rules_nothing(read: Read, value: str) -> None:
    documents, report = read([{"text": EN, "date": value}, {"text": OTHER, "date": "2025-03-14"}])
    assert len(documents) == 2
    assert report.as_of == date(2025, 3, 14)
    assert report.bad_date_fields == 1


def test_everything_is_accounted_for(read: Read, tmp_path: Path) -> None:
    (tmp_path / "paper").mkdir()
    (tmp_path / "paper" / "blank.txt").write_text(" \n\u200b\n")
    (tmp_path / "paper" / "signs.txt").write_text("--- 12 %\n    |")
    (tmp_path / "paper" / "latin.txt").write_bytes(b"caf\xe9")
    (tmp_path / "paper" / "x.pdf").write_bytes(b"%PDF")
    rows: list[Row] = [
        {"text": EN},
        {"text": EN},
        {"no": 1},
        {"id": "x", "text": OTHER},
        {"id": "x", "text": VI},
        {"text": EN, "title": "T"},
    ]
    documents, report = read(rows)
    assert (report.seen, report.accepted, report.duplicates, len(report.quarantined)) == (9, 2, 1, 6)
    assert report.seen == report.accepted + report.duplicates + len(report.quarantined)
    assert [item.code for item in report.quarantined] == ["no_text", "duplicate_id", "duplicate_id", "empty", "encoding", "no_words"]
    assert all(item.message and item.hint for item in report.quarantined)
    assert report.left_out == (("x.pdf", "no reader for this kind of file"),)
    assert len(documents) == 2


def test_an_account_that_does_not_add_up_cannot_be_made() -> None:
    with pytest.raises(ContractError, match="seen 3, accounted for 2"):
        IngestReport(3, 1, 1, (), (), (), 0, None)


ROWS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "text": st.sampled_from([EN, OTHER, VI, "", "..."]),
            "id": st.sampled_from("ab"),
            "date": st.sampled_from(["2025-03-14", "x"]),
        },
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS)
def test_no_mix_of_rows_loses_a_record(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    folder = tmp_path_factory.mktemp("rows")
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    documents, report = read_folder(folder)
    assert report.seen == len(rows) == len(documents) + report.duplicates + len(report.quarantined)
    assert [doc.info.content_hash for doc in documents] == sorted(doc.info.content_hash for doc in documents)


def test_two_texts_under_one_id_are_both_refused_and_named(read: Read) -> None:
    documents, report = read([{"id": "x", "text": EN}, {"id": "y", "text": OTHER}, {"id": "x", "text": VI}])
    assert [doc.info.id for doc in documents] == ["y"]
    assert [(item.code, item.record) for item in report.quarantined] == [("duplicate_id", 1), ("duplicate_id", 3)]
    assert all("'x'" in item.message and "a.jsonl:1" in item.message and "a.jsonl:3" in item.message for item in report.quarantined)


def test_one_article_under_one_id_counts_once_whatever_its_folder_is_called(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.jsonl").write_text(json.dumps({"id": "x", "text": EN, "date": "2025-03-14"}))
    documents, report = read_folder(tmp_path)
    assert (len(documents), report.duplicates, report.quarantined) == (1, 1, ())
    assert documents[0].info.file == "one/a.jsonl"


@pytest.mark.parametrize("shuffled", [False, True])
def test_different_articles_under_one_id_are_told_apart_where_the_source_says_so(tmp_path: Path, shuffled: bool) -> None:
    texts = [VI, OTHER, EN, EN] if shuffled else [EN, EN, OTHER, VI]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"id": "x", "text": text}) + "\n" for text in texts))
    documents, report = read_folder(tmp_path, clashing_ids="suffix")
    assert (len(documents), report.duplicates, report.quarantined) == (3, 1, ())
    assert {doc.info.id for doc in documents} == {f"x-{doc.info.content_hash[:8]}" for doc in documents}
    assert all(doc.info.story == doc.info.id for doc in documents)


def test_an_id_that_thousands_share_has_a_short_message(tmp_path: Path) -> None:
    rows = ({"id": "x", "text": f"{EN} Paragraph number {number}."} for number in range(300))
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    _, report = read_folder(tmp_path)
    assert len(report.quarantined) == 300
    assert report.quarantined[0].message.endswith("a.jsonl:4, a.jsonl:5 and 295 more")
    assert 'clashing_ids = "suffix"' in report.quarantined[0].hint


def test_a_refused_id_is_found_again_by_its_bytes(read: Read, tmp_path: Path) -> None:
    _, report = read([{"id": "x", "text": EN}, {"id": "x", "text": VI}])
    data = (tmp_path / "paper" / "a.jsonl").read_bytes()
    assert [json.loads(data[item.byte_start : item.byte_end] or b"{}").get("text") for item in report.quarantined] == [EN, VI]


def test_the_same_record_under_one_id_is_a_repeat(read: Read) -> None:
    documents, report = read([{"id": "x", "text": EN}, {"id": "x", "text": EN}])
    assert (len(documents), report.duplicates, report.quarantined) == (1, 1, ())


@pytest.mark.parametrize("field", ["source", "title", "date"])
def test_the_same_text_elsewhere_is_another_document_of_the_same_story(read: Read, field: str) -> None:
    documents, report = read([{"text": EN, field: "2025-03-14"}, {"text": EN, field: "2025-03-15"}])
    assert (len(documents), report.duplicates) == (2, 0)
    assert len({doc.info.story for doc in documents}) == 1
    assert sorted(doc.info.canonical for doc in documents) == [False, True]


def test_other_texts_are_other_stories(read: Read) -> None:
    documents, _ = read([{"text": EN}, {"text": OTHER}, {"text": VI}])
    assert len({doc.info.story for doc in documents}) == 3
    assert all(doc.info.canonical for doc in documents)


def _write(folder: Path, texts: dict[str, bytes]) -> Path:
    for name, data in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


ARTICLES = [
    f"date 2025-03-14 x. Photo: VNA\n\n{EN}\n\n{OTHER}\n",
    f"Tiêu đề ngắn\nSáng 14/1, tại Huế, {VI}\n{VI}\nKý ngày 26/12/2025.\nSơn Hà\n",
    f"HANOI, March 14, 2025 (VNA) - {OTHER}\n",
]


def _signature(folder: Path) -> tuple[object, ...]:
    documents, report = read_folder(folder)
    return (
        corpus_from(documents).fingerprint,
        [(doc.info.id, doc.info.date, doc.removed, doc.text) for doc in documents],
        report.as_of,
    )


VARIANTS: dict[str, Callable[[str], bytes]] = {
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "cr": lambda text: text.replace("\n", "\r").encode(),
    "nfd": lambda text: unicodedata.normalize("NFD", text).encode(),
    "bom": lambda text: text.encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "nbsp": lambda text: text.replace(" ", "\u00a0").encode(),
    "zero width": lambda text: text.replace(" ", " \u200b").encode(),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_way_a_text_is_written_down_does_not_matter(tmp_path: Path, variant: str) -> None:
    plain = _write(tmp_path / "1" / "paper", {f"{n}.txt": text.encode() for n, text in enumerate(ARTICLES)})
    other = _write(tmp_path / "2" / "paper", {f"{n}.txt": VARIANTS[variant](text) for n, text in enumerate(ARTICLES)})
    assert _signature(plain) == _signature(other)


def test_file_names_and_their_order_do_not_matter(tmp_path: Path) -> None:
    plain = _write(tmp_path / "1" / "paper", {f"{n}.txt": text.encode() for n, text in enumerate(ARTICLES)})
    other = _write(tmp_path / "2" / "paper", {f"{9 - n}.text": text.encode() for n, text in enumerate(ARTICLES)})
    assert _signature(plain) == _signature(other)


def test_the_order_of_records_and_sources_does_not_matter(tmp_path: Path) -> None:
    rows = [{"text": text, "source": "s"} for text in [*ARTICLES, EN, EN + " It rained.", VI]]
    for number, order in enumerate((rows, rows[::-1])):
        _write(tmp_path / str(number), {"a.jsonl": "\n".join(map(json.dumps, order)).encode()})
    assert _signature(tmp_path / "0") == _signature(tmp_path / "1")


def test_a_text_file_and_a_record_of_the_same_text_are_one(tmp_path: Path) -> None:
    _write(tmp_path / "in" / "paper", {"a.txt": EN.encode(), "b.jsonl": json.dumps({"text": EN}).encode()})
    documents, report = read_folder(tmp_path / "in")
    assert (len(documents), report.duplicates) == (1, 1)


def test_a_file_name_that_is_not_utf8_does_not_stop_the_run(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/caf\xe9.txt", "wb") as handle:  # noqa: PTH123 - a name that no str spells
        handle.write(EN.encode())
    documents, _ = read_folder(tmp_path)
    (tmp_path / "out").mkdir()
    write_store(documents, tmp_path / "out")
    assert len(store.load(tmp_path / "out")) == 1


@pytest.mark.parametrize(("as_of", "expected"), [(None, date(2025, 3, 14)), (date(2026, 6, 30), date(2026, 6, 30))])
def test_as_of_is_given_or_the_latest_day(read: Read, as_of: date | None, expected: date) -> None:
    _, report = read([{"text": EN, "date": "2025-03-14"}, {"text": f"Achievements in 2025: {OTHER}"}], as_of=as_of)
    assert report.as_of == expected


@pytest.mark.parametrize(("as_of", "last"), [(None, date(2026, 2, 27)), (date(2026, 2, 28), date(2026, 2, 28))])
def test_documents_without_a_day_end_together_also_where_one_is_later_than_all_days(read: Read, as_of: date | None, last: date) -> None:
    bounds = ("5 January 2026", "20 February 2026")
    rows = [{"text": EN, "date": "2026-01-14"}, *({"text": f"It ended on {day}. {OTHER}"} for day in bounds)]
    rows.append({"text": f"Achievements in 2026: {VI}"})
    documents, report = read(rows, as_of=as_of)
    assert report.as_of == (as_of or date(2026, 1, 14))
    found = {str(doc.info.date.earliest): doc.info.date.latest for doc in documents if not doc.info.date.point}
    assert set(found) >= {"2026-01-05", "2026-02-20"}
    assert set(found.values()) == {last}


def test_a_day_after_as_of_is_not_believed(read: Read) -> None:
    (document,), _ = read([{"text": EN, "date": "2027-03-14"}], as_of=date(2026, 6, 30))
    assert (document.info.date.point, document.info.date.method) == (None, "after_as_of")


def test_no_dates_no_as_of(read: Read) -> None:
    assert read([{"text": EN}])[1].as_of is None


@pytest.mark.parametrize(
    ("row", "title"),
    [
        ({"text": f"Two agencies merge\n{EN}"}, "Two agencies merge"),
        ({"text": f"Two agencies merge\n{EN}", "title": "Given"}, "Given"),
        ({"text": f"(Photo: VNA)\nTwo agencies merge\n{EN}"}, "Two agencies merge"),
        ({"text": EN}, "The ministry said that the two agencies in the north of the country would …"),
    ],
)
def test_titles(read: Read, row: Row, title: str) -> None:
    assert read([row])[0][0].info.title == title


def test_what_cleaning_removed_is_counted(read: Read) -> None:
    body = "\n".join([EN, OTHER, VI, EN])
    _, report = read([{"text": f"{body}\n(Photo: VNA)\n    |\nSource: VNA"}, {"text": f"{OTHER}\n{body}\n    |"}])
    assert dict(report.removed) == {"credit": 1, "table_debris": 2, "agency_tail": 1}


@pytest.mark.parametrize(("n_copies", "n_others", "is_named"), [(20, 79, True), (20, 80, False), (19, 19, False)])
def test_a_day_of_copies_is_named(n_copies: int, n_others: int, is_named: bool) -> None:
    """Over a fifth of the day's articles, and twenty of them."""
    day = date(2025, 3, 14)
    infos = [make_document(f"{EN} {n}", day=day, source=str(n), story="one").info for n in range(n_copies)]
    infos += [make_document(f"{OTHER} {n}", day=day, source=str(n)).info for n in range(n_others)]
    infos += [make_document(f"{VI} {n}", day=date(2025, 3, 15), source=str(n)).info for n in range(20)]
    said = "On 1 day(s) one story makes up over 20% of all articles (2025-03-14): weigh by stories, not articles."
    assert corpus_warnings(infos) == ((said,) if is_named else ())


def deadly(items: Sequence[Item], settings: Settings) -> list[Made | Rejected]:
    """Ends its process where a record says so, as one does for which there is no memory."""
    if any("deadly" in item[0].text for item in items):
        os._exit(9)
    return make_documents(items, settings)


def test_a_record_that_ends_every_process_is_quarantined_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"text": f"A brigade built bridge number {n} in the {'deadly ' if n == 3 else ''}valley."} for n in range(7)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    monkeypatch.setattr(ingesting, "make_documents", deadly)
    documents, account = ingest_documents([SourceConfig(str(tmp_path))], engine=Engine("processes", workers=1))
    assert len(documents) == 6
    (lost,) = account.quarantined
    assert (lost.code, lost.file, lost.record) == ("worker_lost", "a.jsonl", 4)
    assert "every process that read it ended" in lost.message
