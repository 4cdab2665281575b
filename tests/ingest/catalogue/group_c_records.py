"""Rows 36-51: records of tables and of JSON."""

from __future__ import annotations

import csv
import io
import itertools
import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

from catalogue.rows import ARTICLE, BAI_BAO, Found, Row
from topics.core.contracts import RawRecord, ReadOptions
from topics.ingest.markup import strip_markup
from topics.ingest.readers import json as json_reader

OTHER = "A storm hit the coast at night and the soldiers of the division carried more than two hundred people from their homes."
THIRD = "Farmers in the delta sold their rice early this year, because the price of fuel for the pumps had doubled since the spring."
DEEP = 200_000


def table(*rows: tuple[str, ...], head: str = "id,date,text", end: str = "\n", mark: str = ",") -> bytes:
    """A table with everything quoted that needs it."""
    stream = io.StringIO()
    stream.write(head + end)
    csv.writer(stream, delimiter=mark, lineterminator=end).writerows(rows)
    return stream.getvalue().encode()


def lines(*values: object) -> bytes:
    return "".join((value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)) + "\n" for value in values).encode()


def texts(*expected: str) -> Callable[[Found], None]:
    """Check which texts were accepted."""

    def check(found: Found) -> None:
        assert sorted(document.text for document in found.documents) == sorted(expected)

    return check


def says(*words: str) -> Callable[[Found], None]:
    def check(found: Found) -> None:
        told = " ".join(f"{item.message} {item.hint}" for item in found.report.quarantined)
        assert all(word in told for word in words), told

    return check


def ids(*expected: str) -> Callable[[Found], None]:
    def check(found: Found) -> None:
        assert sorted(document.info.id for document in found.documents) == sorted(expected)

    return check


def places(found: Found) -> None:
    """The faulty rows are named by their lines and bytes, and nothing else is."""
    (bad,) = found.report.quarantined
    data = (found.folder / "a.csv").read_bytes()
    assert data[bad.byte_start : bad.byte_end].startswith(b'2,2025-01-02,"' + OTHER.encode()[:20])
    assert data[bad.byte_end :].startswith(b"4,2025-01-04")
    assert "lines 3 to 5" in bad.message
    assert sorted(document.info.id for document in found.documents) == ["1", "4", "5"]


class Endless(io.RawIOBase):
    """A stream that is made while it is read."""

    def __init__(self, *pieces: bytes, item: bytes, n: int) -> None:
        super().__init__()
        self.pieces: Iterator[bytes] = itertools.chain([pieces[0]], itertools.repeat(item + b",", n - 1), [item + pieces[1]])

    def read(self, size: int = -1) -> bytes:
        return next(self.pieces, b"")


def streamed(_: Path) -> None:
    """Both forms, 24 times the limit of one value."""
    limit, n = 1 << 20, 10_000
    item = json.dumps({"text": BAI_BAO * 20, "id": "x"}, ensure_ascii=False).encode()
    assert n * len(item) > 24 * limit
    for pieces in ((b"[", b"]"), (b'{"status": "ok", "articles": [', b'], "more": 1}')):
        tracemalloc.start()
        try:
            with mock.patch.object(json_reader, "MAX_OBJECT", limit):
                found = json_reader.read(Endless(*pieces, item=item, n=n), "a.json", ReadOptions())  # type: ignore[arg-type]
                count = sum(isinstance(record, RawRecord) for record in found)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert count == n
        assert peak < 8 * limit, peak


def na(found: Found) -> None:
    assert sorted(document.text for document in found.documents) == sorted([ARTICLE, OTHER, THIRD])
    assert {"NA", "None"} <= {document.info.title for document in found.documents}


def dated(found: Found) -> None:
    assert str(found.documents[0].info.date.point) == "2025-01-14"


def markup(_: Path) -> None:
    text, notes = strip_markup(f"<p>{BAI_BAO}</p><p>A &amp; B&nbsp;&lt; C</p><script>var a = 1 < 2;</script>")
    assert (text, notes) == (f"{BAI_BAO}\n\nA & B < C", ("markup_stripped",))
    for plain in ("a < b and b > c", "R&D; AT&T <3", "x <Ảnh> y", "if a<b>c"):
        assert strip_markup(plain) == (plain, ())


BROKEN = (
    "id,date,text\n"
    f"1,2025-01-01,{ARTICLE}\n"
    f'2,2025-01-02,"{OTHER.replace(",", "")}\nwhich goes on, in a second line,\nand was never closed\n'
    f'4,2025-01-04,"{BAI_BAO}"\n'
    f'5,2025-01-05,"{THIRD}"\n'
).encode()

ROWS = (
    Row(
        36,
        "a quote that is never closed",
        "The rows that it spoils are quarantined with their lines; later ones are read.",
        {"a.csv": BROKEN},
        accepted=3,
        quarantined=("quote",),
        also=places,
    ),
    Row(
        37,
        "too many and too few fields",
        "Each row is quarantined with the counts.",
        {"a.csv": table(("1", "2025-01-01", ARTICLE), ("2", "2025-01-02", OTHER, "more"), ("3", "2025-01-03"), head="id,date,text")},
        accepted=1,
        quarantined=("field_count",) * 2,
        also=says("the row has 4 fields, the header has 3", "the row has 2 fields, the header has 3"),
    ),
    Row(
        38,
        "no header, or no column with the text",
        "One line for the file: the columns seen and how to map them. If no other file can be read, the command fails with it.",
        {"a.csv": table(("1", "x", ARTICLE), head="nr,day,body"), "b.csv": ARTICLE.encode(), "c.tsv": b"Text\tn\na\tb\n"},
        quarantined=("no_text_column",) * 3,
        also=says("'nr', 'day', 'body'", "columns = { text =", "Did you mean 'Text'?"),
    ),
    Row(
        38,
        "the same, mapped",
        "Read.",
        {"a.csv": table(("1", "x", ARTICLE), head="nr,day,body")},
        accepted=1,
        source={"columns": {"text": "body"}},
    ),
    Row(
        38,
        "two columns both called text",
        "Quarantined; two other columns of one name get numbers.",
        {"a.csv": table((OTHER, ARTICLE), head="text,text"), "b.csv": table((OTHER, "1", "2"), head="text,x,x")},
        accepted=1,
        quarantined=("duplicate_column",),
        also=says("'text'"),
    ),
    Row(
        39,
        "semicolons, where every row agrees",
        "Read, with a note.",
        {"a.csv": table(("1", "", ARTICLE), head="id;date;text", mark=";")},
        accepted=1,
        notes=("delimiter_semicolon",),
    ),
    Row(
        39,
        "tabs and pipes",
        "As above.",
        {"a.csv": table(("1", ARTICLE), head="id\ttext", mark="\t"), "b.csv": table(("1x", OTHER), head="id|text", mark="|")},
        accepted=2,
        notes=("delimiter_tab", "delimiter_pipe"),
    ),
    Row(
        39,
        "the delimiter declared as Excel does (sep=;)",
        "Read, with a note.",
        {"a.csv": b"sep=;\n" + table(("1", ARTICLE), head="id;text", mark=";")},
        accepted=1,
        notes=("delimiter_semicolon",),
    ),
    Row(
        39,
        "semicolons, where rows disagree",
        "Quarantined with a preview of the first lines.",
        {"a.csv": table(("1", ARTICLE), ("2", OTHER, "3"), head="id;text", mark=";")},
        quarantined=("dialect",),
        also=says("'id;text'", "in line 3 the row has 3 fields"),
    ),
    Row(40, "a field of more than 131,072 characters", "Read.", {"a.csv": table(("1", f"{ARTICLE} " * 2_000), head="id,text")}, accepted=1),
    Row(
        40,
        "a row of more than 20,000,000 bytes",
        "Quarantined with the limit.",
        {"a.csv": table(("1", "x" * 20_000_001), ("2", ARTICLE), head="id,text")},
        accepted=1,
        quarantined=("too_large",),
        also=says("20,000,000"),
    ),
    Row(
        41,
        "texts and titles 'NA', 'null', 'None'",
        "They are text, if a short one; only nothing is missing.",
        {"a.csv": table(("NA", ARTICLE), ("None", OTHER), ("", THIRD), ("x", "null"), ("y", ""), head="title,text")},
        accepted=3,
        quarantined=("empty", "too_short"),
        also=na,
    ),
    Row(
        42,
        "ids '007', of 23 digits, '1.0'",
        "Kept as they were written, but for white space around them.",
        {"a.csv": table(("007", ARTICLE), ("1.0", OTHER), ("12345678901234567890123", THIRD), head="id,text")},
        accepted=3,
        also=ids("007", "1.0", "12345678901234567890123"),
    ),
    Row(
        42,
        "ids '1', ' 1' and '1 ' of three articles",
        "Quarantined, all three: white space around an id is no part of it, for nobody sees it.",
        {"a.csv": table(("1", ARTICLE), (" 1", OTHER), ("1 ", THIRD), head="id,text")},
        quarantined=("duplicate_id",) * 3,
    ),
    Row(
        42,
        "ids '007', of 23 digits, 1.0 as JSON strings and numbers",
        "As above: every digit is kept.",
        {
            "a.jsonl": lines(
                {"id": "007", "text": ARTICLE}, f'{{"id": 1.0, "text": "{OTHER}"}}', {"id": 12345678901234567890123, "text": THIRD}
            )
        },
        accepted=3,
        also=ids("007", "1.0", "12345678901234567890123"),
    ),
    Row(
        44,
        "one id twice with different texts",
        "Both quarantined, each with both places.",
        {"a.jsonl": lines({"id": "x", "text": ARTICLE}, {"id": "x", "text": OTHER})},
        quarantined=("duplicate_id",) * 2,
        also=says("a.jsonl:1, a.jsonl:2"),
    ),
    Row(
        45,
        "JSON Lines whose last line is cut",
        "The last line is quarantined, the rest read.",
        {"a.jsonl": lines({"text": ARTICLE}) + b'{"text": "cut'},
        accepted=1,
        quarantined=("not_json",),
    ),
    Row(
        45,
        "a JSON array that is cut",
        "As above.",
        {"a.json": json.dumps([{"text": ARTICLE}, {"text": OTHER}]).encode()[:-20]},
        accepted=1,
        quarantined=("not_json",),
    ),
    Row(
        46,
        "NaN, Infinity, 1e999, repeated keys, 200,000 brackets, 5,000 digits in JSON Lines",
        "Each line is quarantined with its place; the rest is read.",
        {
            "a.jsonl": lines(
                '{"text": "a", "n": NaN}',
                '{"text": "a", "n": Infinity}',
                '{"text": "a", "n": 1e999}',
                '{"text": "a", "text": "b"}',
                '{"text": "a", "x": {"k": 1, "k": 2}}',
                '{"text": "a", "x": ' + "[" * DEEP + "]" * DEEP + "}",
                '{"text": "a", "n": ' + "9" * 5_000 + "}",
                {"text": ARTICLE},
            )
        },
        accepted=1,
        quarantined=("not_json",) * 5 + ("repeated_key",) * 2,
        also=says("the key 'k' stands twice", "depth", "out of range"),
    ),
    Row(
        46,
        "the same in an array",
        "As above.",
        {
            "a.json": b'[{"text": "a", "n": NaN}, {"text": "a", "text": "b"}, {"text": "a", "x": '
            + b"[" * DEEP
            + b"]" * DEEP
            + b'}, {"n": '
            + b"9" * 5_000
            + b"}, "
            + json.dumps({"text": ARTICLE}).encode()
            + b"]"
        },
        accepted=1,
        quarantined=("not_json",) * 3 + ("repeated_key",),
    ),
    Row(46, "brackets alone", "Quarantined; no recursion.", {"a.json": b"[" * DEEP, "b.jsonl": b"{" * DEEP}, quarantined=("not_json",) * 2),
    Row(47, "a JSON array larger than memory", "Streamed, one element at a time.", check=streamed),
    Row(
        47,
        "an object that holds the array; several arrays",
        "Read; of several none is chosen.",
        {"a.json": json.dumps({"n": 1, "docs": [{"text": ARTICLE}]}).encode(), "b.json": b'{"a": [{"text": "x"}], "b": [{"text": "y"}]}'},
        accepted=1,
        quarantined=("several_arrays",),
        also=says("'a', 'b'"),
    ),
    Row(
        48,
        "a text that is a list, an object, a number, null",
        "Quarantined with the type found.",
        {"a.jsonl": lines(*({"text": value} for value in (["a"], {"a": 1}, 3, 1.5, True, None)))},
        quarantined=("no_text",) * 6,
        also=says("found list", "found dict", "found int", "found float", "found bool", "found NoneType"),
    ),
    Row(
        48,
        "a text inside an object",
        "Read by its dotted path.",
        {"a.json": json.dumps([{"article": {"body": ARTICLE, "date": "2025-01-14"}}]).encode()},
        accepted=1,
        source={"columns": {"text": "article.body", "date": "article.date"}},
        also=dated,
    ),
    Row(
        49,
        "HTML entities and tags inside the text",
        "Stripped, with a note; comparisons and ordinary signs stay.",
        check=markup,
    ),
    Row(50, "a text of signs alone", "Quarantined.", {"a.csv": table(("1", "--- 12 %"), head="id,text")}, quarantined=("no_words",)),
    Row(
        50,
        "only boilerplate: credits, a source, an end mark",
        "Quarantined: no words are left after cleaning.",
        {
            "a.txt": b"Photo: VNA\n(Photo: VNA)\nSource: VNA\n./.",
            "b.txt": "Nguồn: TTXVN".encode(),
            "c.csv": table(("1", "By Jane Poe\nSource: AFP"), head="id,text"),
        },
        quarantined=("no_words", "no_words", "no_words"),
    ),
    Row(
        14,
        "a NUL byte in a row",
        "The row is quarantined.",
        {"a.csv": table(("1", ARTICLE), ("2", "a\0b"), head="id,text")},
        accepted=1,
        quarantined=("nul",),
    ),
    Row(
        17,
        "rows of another encoding inside a UTF-8 table",
        "Those rows are quarantined.",
        {"a.csv": table(("1", BAI_BAO), ("2", ARTICLE), head="id,text") + b"3,caf\xe9 au lait\n" + table(("4", OTHER)).split(b"\n", 1)[1]},
        accepted=3,
        quarantined=("encoding",),
    ),
    Row(
        2,
        "a UTF-16 table",
        "Read.",
        {
            "a.csv": table(("1", BAI_BAO), head="id,text").decode().encode("utf-16"),
            "b.json": json.dumps([{"text": ARTICLE}]).encode("utf-16"),
        },
        accepted=2,
    ),
)
