"""Tables: every dialect that is promised, each fault by its line and bytes, the same rows whatever the quotes."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.core.contracts import RawRecord, ReadOptions, Rejected
from topics.ingest.readers import _dialect, _rows, tsv
from topics.ingest.readers import csv as csv_reader

Found = RawRecord | Rejected


def read(data: bytes | str, kind: str = "csv", **values: object) -> list[Found]:
    reader = {"csv": csv_reader.READER, "tsv": tsv.READER}[kind]
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    return list(reader.read(stream, "a.csv", ReadOptions(**values)))  # type: ignore[arg-type]


def texts(found: list[Found]) -> list[str]:
    return [item.text if isinstance(item, RawRecord) else item.code for item in found]


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("1,plain", "plain"),
        ('1,"quoted"', "quoted"),
        ('"1","with, comma"', "with, comma"),
        ('1,"he said ""no"""', 'he said "no"'),
        ('1,""""', '"'),
        ('1,"two\nlines"', "two\nlines"),
        ('1,"two\r\nlines, ""and"" more\rlines"', 'two\r\nlines, "and" more\rlines'),
        ('1,a 5" gun', 'a 5" gun'),
        ('1, "space first"', ' "space first"'),
        ("1,", ""),
        ('1,""', ""),
        ("1,NA", "NA"),
        ("1,Đà Nẵng 😀", "Đà Nẵng 😀"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
def test_a_row(row: str, text: str, end: str) -> None:
    head = "id,text" + (end or "\n")
    (record,) = read(head + row + end)
    assert isinstance(record, RawRecord)
    assert (record.text, record.fields) == (text, {"id": "1", "text": text})
    assert (record.record, record.byte_start, record.byte_end) == (2, len(head), len((head + row + end).encode()))


CELL = st.text(st.sampled_from('ab đ",;\t|\n\r '), max_size=12)


ROWS = st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6)


@settings(max_examples=200, deadline=None)
@given(rows=ROWS, mark=st.sampled_from(",;\t|"), all_quoted=st.booleans(), end=st.sampled_from(["\n", "\r\n"]))
def test_what_csv_writes_is_read_back(rows: list[tuple[str, ...]], mark: str, all_quoted: bool, end: str) -> None:
    if not all_quoted:  # the csv module writes a lone CR without quotes
        rows = [tuple(cell.replace("\r", "") for cell in row) for row in rows]
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=mark, quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL, lineterminator=end)
    writer.writerows([("text", "b", "c"), *rows])
    found = read(stream.getvalue())
    assert all(isinstance(item, RawRecord) for item in found), found
    assert [tuple(item.fields.values()) for item in found if isinstance(item, RawRecord)] == rows


FAULTS = [
    pytest.param('2,"open\n', "quote", "line 3", id="never closed"),
    pytest.param('2,"a"b\n', "quote", "in the middle of a field", id="closed too early"),
    pytest.param('2,"open\nprose, with a comma\n', "quote", "lines 3 to 4", id="prose with as many commas as a row"),
    pytest.param("2,a,b\n", "field_count", "the row has 3 fields, the header has 2", id="one more"),
    pytest.param("2\n", "field_count", "the row has 1 fields, the header has 2", id="one less"),
    pytest.param('2,"a\nb","c\nd"\n', "field_count", "(lines 3 to 5)", id="one more, on several lines"),
    pytest.param("2,a\0b\n", "nul", "byte 4 of the row", id="nul"),
]


@pytest.mark.parametrize(("row", "code", "said"), FAULTS)
def test_a_faulty_row_costs_itself_alone(row: str, code: str, said: str) -> None:
    head = "id,text\n1,before\n"
    before, bad, after, last = read(f'{head}{row}3,after\n4,"la\nst"\n')
    assert [item.text for item in (before, after, last) if isinstance(item, RawRecord)] == ["before", "after", "la\nst"]
    assert isinstance(bad, Rejected)
    assert (bad.code, bad.record, bad.byte_start, bad.byte_end) == (code, 3, len(head), len(head) + len(row))
    assert said in bad.message
    assert bad.hint.endswith(".")
    assert bad.raw == row.split("\n", maxsplit=1)[0].encode() + b"\n"


def test_a_bad_first_row_needs_two_good_ones_behind_it() -> None:
    """No good row says yet what a row looks like."""
    data = 'id,text\n1,"open\nprose, with a comma\nmore prose without\n2,good\n3,good too\n'
    assert texts(read(data)) == ["quote", "good", "good too"]


def test_a_quote_that_is_never_closed_is_given_up_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_rows, "MAX_ROW", 1_000)
    data = 'id,text\n0,a\n1,"open\n' + "".join(f"{n},row\n" for n in range(2, 1_000))
    found = read(data)
    assert texts(found) == ["a", "quote"] + ["row"] * 998
    assert "never closed within 1,000 bytes and 100,000 lines, the limits of a row" in found[1].message  # type: ignore[union-attr]


def test_many_faulty_quotes_take_time_in_proportion(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is looked at a fixed number of times."""
    looked = [0]
    real = _rows.Quoting.follow

    def follow(self: _rows.Quoting, line: bytes, *, inside: bool) -> str:
        looked[0] += 1
        return real(self, line, inside=inside)

    monkeypatch.setattr(_rows.Quoting, "follow", follow)
    n = 2_000
    for line in ('{},"open\n', '{},"a""b\n', '{},"\n{},x\n', '"{}","a" b\n', 'no comma "" {}\n'):
        looked[0] = 0
        read("id,text\n1,a\n" + "".join(line.replace("{}", str(k)) for k in range(n)))
        assert looked[0] <= 8 * n, (line, looked)


@pytest.mark.parametrize(("mark", "note"), [(";", "delimiter_semicolon"), ("\t", "delimiter_tab"), ("|", "delimiter_pipe")])
def test_another_delimiter_needs_every_row(mark: str, note: str) -> None:
    data = 'id,text\n1,a\n2,"b, c"\n'.replace(",", mark).replace(f"b{mark}", "b,")
    found = read(data)
    assert texts(found) == ["a", "b, c"]
    assert all(item.notes == (note,) for item in found if isinstance(item, RawRecord))
    (bad,) = read(data + f"3{mark}x{mark}y\n")
    assert isinstance(bad, Rejected)
    assert (bad.code, bad.byte_start) == ("dialect", 0)
    assert "in line 4 the row has 3 fields, the header has 2" in bad.message
    assert repr(f"1{mark}a") in bad.message


def test_the_usual_delimiter_needs_no_agreement() -> None:
    assert texts(read("id,text\n1,a\n2,b,c\n")) == ["a", "field_count"]
    assert texts(read("id\ttext\n1\ta\n2\tb\tc\n", "tsv")) == ["a", "field_count"]
    assert read("id,text\n1,a\n", "tsv")[0].notes == ("delimiter_comma",)  # type: ignore[union-attr]


def test_rows_behind_the_head_are_not_needed_to_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_dialect, "HEAD_BYTES", 50)
    from topics.ingest.readers import _delimited

    monkeypatch.setattr(_delimited, "HEAD_BYTES", 50)
    data = "id;text\n" + "1;a row of some length\n" * 5 + '2;"long\n' + "line\n" * 20 + '"\n3;x;y\n'
    assert texts(read(data))[:5] == ["a row of some length"] * 5
    assert texts(read(data))[-1] == "field_count"


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;"])
def test_a_declared_delimiter(first: str) -> None:
    (record,) = read(f"{first}\nid;text\n1;a, b\n")
    assert isinstance(record, RawRecord)
    assert (record.text, record.record, record.notes) == ("a, b", 3, ("delimiter_semicolon",))


def test_quotes_of_tab_separated_files_may_be_letters() -> None:
    found = read('id\ttext\n1\t"No" is the answer\n2\t"quoted"\n3\t"open\n4\tx\n', "tsv")
    assert texts(found) == ['"No" is the answer', "quoted", '"open', "x"]
    assert [item.notes for item in found if isinstance(item, RawRecord)] == [("stray_quote",), (), ("stray_quote",), ()]


HEADERS = [
    ("a,b\n1,2\n", "no_text_column", ["no column 'text'", "'a', 'b'", "with commas", 'columns = { text = "..." }']),
    ("Text,b\n1,2\n", "no_text_column", ["Did you mean 'Text'?"]),
    ("a;b;c\n1;2;3\n", "no_text_column", ["with semicolons", "'a', 'b', 'c'"]),
    ("An article without a header\nand its end\n", "no_text_column", ["'An article without a header'", "put a header before it"]),
    ("text,text\n1,2\n", "duplicate_column", ["'text'", "its own name"]),
    ("text,date,date\n1,2,3\n", "duplicate_column", ["'date'"]),
    ("text,b\n", "empty", ["no rows"]),
    ("\n\r\n \n", "empty", ["holds nothing"]),
    ("", "empty", ["holds nothing"]),
    ("\ufeff\n", "empty", ["holds nothing"]),
]


@pytest.mark.parametrize(("data", "code", "said"), HEADERS)
def test_a_file_without_a_usable_header_is_one_rejection(data: str, code: str, said: list[str]) -> None:
    (bad,) = read(data)
    assert isinstance(bad, Rejected)
    assert bad.code == code
    for words in said:
        assert words in f"{bad.message} {bad.hint}"


def test_columns_are_mapped_and_other_names_may_repeat() -> None:
    data = " body ,x,x,\nhello,1,2,3\n"
    (record,) = read(data, columns={"text": "body"})
    assert isinstance(record, RawRecord)
    assert record.fields == {"body": "hello", "x": "1", "x (2)": "2", "": "3"}
    (bad,) = read("text,body,body\na,b,c\n", columns={"text": "body"})
    assert isinstance(bad, Rejected)
    assert bad.code == "duplicate_column"


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    for data in ('\ufeff"te""xt","b, c"\nx,y\n', "\ufefftext,b\nx,y\n"):
        (record,) = read(data, columns={"text": 'te"xt' if "te" + '""' in data else "text"})
        assert isinstance(record, RawRecord)
        assert record.text == "x"


def test_bytes_of_another_encoding_cost_their_row() -> None:
    data = "id,text\n1,Huế\n".encode() + b"2,caf\xe9\n" + "3,Vinh\n4,Đà Nẵng\n".encode()
    found = read(data)
    assert texts(found) == ["Huế", "encoding", "Vinh", "Đà Nẵng"]
    assert f"byte {data.index(0xE9)}" in found[1].message  # type: ignore[union-attr]


def test_a_long_field_is_read_and_the_limit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert csv.field_size_limit() == 131_072  # ours is not that of the csv module, which we leave alone
    (record,) = read("id,text\n1," + "x" * 200_000 + "\n")
    assert isinstance(record, RawRecord)
    monkeypatch.setattr(_rows, "MAX_ROW", 1_000)
    from topics.ingest.readers import _delimited

    monkeypatch.setattr(_delimited, "MAX_ROW", 1_000)
    found = read("id,text\n1," + "x" * 998 + "\n2," + "x" * 997 + "\n3,y\n" + '4,"' + "x\n" * 600 + '"\n5,z\n')
    assert [text[:9] for text in texts(found)] == ["too_large", "x" * 9, "y", "too_large", "z"]
    assert "1,001 bytes, the limit is 1,000" in found[0].message  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        pytest.param("x" * 1_100, "the row has 1,105 bytes, the limit is 1,000", id="one line"),
        pytest.param("x" * 300 + "\n" + "y" * 1_100, "lines 3 to 4 make a row of 2 lines and 1,406 bytes", id="a long line inside"),
        pytest.param("x\n" * 600, "lines 3 to 603 make a row of 601 lines and 1,205 bytes", id="many bytes"),
        pytest.param(
            "\n" * 60, "lines 3 to 63 make a row of 61 lines and 65 bytes, the limits are 50 lines and 1,000 bytes", id="many lines"
        ),
    ],
)
def test_a_quoted_field_over_a_limit_is_named_by_the_limit(monkeypatch: pytest.MonkeyPatch, field: str, said: str) -> None:
    from topics.ingest.readers import _delimited

    monkeypatch.setattr(_rows, "MAX_ROW", 1_000)
    monkeypatch.setattr(_delimited, "MAX_ROW", 1_000)
    monkeypatch.setattr(_rows, "MAX_ROW_LINES", 50 if field.startswith("\n") else 100_000)
    found = read(f'id,text\n1,good\n2,"{field}"\n3,after\n4,"last"\n')
    assert texts(found) == ["good", "too_large", "after", "last"]
    bad = found[1]
    assert isinstance(bad, Rejected)
    assert said in bad.message
    assert "Split the article" in bad.hint
    assert bad.byte_end - bad.byte_start == len(field) + 5
    in_tabs = read(f'id\ttext\n1\tgood\n2\t"{"x" * 1_100}"\n3\tafter\n', "tsv")
    assert texts(in_tabs) == ["good", "too_large", "after"]
