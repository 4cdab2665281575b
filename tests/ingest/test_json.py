"""JSON: every form of file, one bad value costs itself, memory is bound by one value."""

from __future__ import annotations

import io
import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.core.contracts import RawRecord, ReadOptions, Rejected
from topics.ingest.readers import _elements, jsonl
from topics.ingest.readers import json as json_reader
from topics.ingest.readers._elements import Scanner

Found = RawRecord | Rejected


def read(data: bytes, **columns: str) -> list[Found]:
    return list(json_reader.READER.read(io.BytesIO(data), "a.json", ReadOptions(columns)))


def told(found: list[Found]) -> list[str]:
    return [item.text if isinstance(item, RawRecord) else item.code for item in found]


FORMS = [
    (b'[{"text": "a"}, {"text": "b"}]', ["a", "b"]),
    (b'\xef\xbb\xbf [{"text": "a"}]\n', ["a"]),
    (b'{"text": "a"}', ["a"]),
    (b'{"articles": [{"text": "a"}, {"text": "b"}], "n": 2}', ["a", "b"]),
    (b'{"status": {"ok": true}, "response": {"results": [{"text": "a"}]}}', ["a"]),
    (b'{"text": "a", "images": [{"url": "u"}]}', ["a"]),
    (b'{"text": "a"}\n{"text": "b"}\n', ["a", "b"]),
    (b'[{"text": "a"} {"text": "b"}]', ["a", "b"]),
    (b'[{"text": "a", "x": {"y": [{"z": "]}"}]}}]', ["a"]),
    (rb'[{"text": "a\\"}, {"text": "b\""}, {"text": "\\\" ]"}]', ["a\\", 'b"', '\\" ]']),
    (b"[]", ["empty"]),
    (b" \n", ["empty"]),
    (b'{"a": [{"text": "x"}], "b": [{"text": "y"}]}', ["several_arrays"]),
    (b'{"a": []}', ["no_text"]),
    (b'{"title": "x", "images": [{"url": "u"}, {"url": "v"}]}', ["no_text"]),
    (b'{"a": [{"text": "x"}, {"no": 1}]}', ["x", "no_text"]),
    (b'[{"text": "a"}, 3, "x", null, [1], true, {"text": "b"}]', ["a", *["not_json"] * 5, "b"]),
    (b'[{"text": "a"}, {"text": NaN}, {"text": "b"}]', ["a", "not_json", "b"]),
    (b'[{"text": "a"}, {"text": "b"', ["a", "not_json"]),
    (b'[{"text": "a"},', ["a", "cut"]),
    (b'[{"text": "a"}', ["a", "cut"]),
    (b'{"a": [{"text": "a"}, {"te', ["a", "not_json"]),
    (b'{"a": [{"text": "a"}] "b": [{"text": "b"}]}', ["a", "not_json"]),
    (b'[{"text": "a"} ; {"text": "b"}]', ["a", "not_json"]),
    (b'[{"text": "a"}, , {"text": "b"}]', ["a", "not_json"]),
    (b'[{"text": "a"}] and more', ["a", "not_json"]),
    (b"hello", ["not_json"]),
    (b'{"a" 1}', ["not_json"]),
    (b"]", ["not_json"]),
]


@pytest.mark.parametrize(("data", "expected"), FORMS, ids=[data.decode("utf-8", "replace")[:40] for data, _ in FORMS])
def test_forms(data: bytes, expected: list[str]) -> None:
    found = read(data)
    assert told(found) == expected
    assert [item.record for item in found] == list(range(1, len(found) + 1))
    for item in found:
        if isinstance(item, RawRecord):
            assert json.loads(data[item.byte_start : item.byte_end])["text"] == item.text


def test_an_object_without_text_names_its_fields_and_those_of_its_array() -> None:
    (bad,) = read(b'{"title": "x", "images": [{"url": "u"}]}')
    assert isinstance(bad, Rejected)
    assert "it has title; in its array 'images'" in bad.message
    assert "it has url" in bad.message


@pytest.mark.parametrize("indent", ["\n", "\n  ", "\r\n\t"])
def test_a_quote_that_is_never_closed_costs_one_object(indent: str) -> None:
    rows = ['{"text": "a"}', '{"text": "b}', '{"text": "c", "x": {"y": 1}}', '{"text": "d"}']
    data = ("[" + ",".join(indent + row for row in rows) + "\n]").encode()
    found = read(data)
    assert told(found) == ["a", "not_json", "c", "d"]
    bad = found[1]
    assert isinstance(bad, Rejected)
    assert data[bad.byte_start :].startswith(b'{"text": "b}')
    assert data[bad.byte_end :].startswith(b'{"text": "c"')


def test_an_object_over_the_limit_costs_itself_and_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_reader, "MAX_OBJECT", 1 << 16)
    large = b'{"text": "' + b'x, {[\\" ' * (1 << 20) + b'"}'
    data = b'[{"text": "a"}, ' + large + b', {"text": "b"}]'
    stream = io.BytesIO(data)
    tracemalloc.start()
    try:
        found = list(json_reader.READER.read(stream, "a.json", ReadOptions()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert told(found) == ["a", "too_large", "b"]
    assert (found[1].byte_start, found[1].byte_end) == (16, 16 + len(large))
    assert f"{len(large):,} bytes, the limit is {1 << 16:,}" in found[1].message  # type: ignore[union-attr]
    assert peak < 6 << 20, peak


def test_a_large_holder_is_streamed_and_a_second_array_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_reader, "MAX_OBJECT", 200)
    items = [{"text": f"text {n}"} for n in range(50)]
    one = json.dumps({"n": 1, "inner": {"docs": items}, "tail": ["x" * 500]}).encode()
    assert told(read(one)) == [item["text"] for item in items]
    two = json.dumps({"docs": items, "more": items}).encode()
    assert told(read(two)) == [*(item["text"] for item in items), "several_arrays"]
    assert "'docs', 'more'" in read(two)[-1].message  # type: ignore[union-attr]
    assert told(read(json.dumps({"x": ["y" * 300]}).encode())) == ["too_large"]


def test_dotted_paths() -> None:
    data = b'[{"article": {"body": "a", "date": {"iso": "2025"}}}]'
    (record,) = read(data, text="article.body")
    assert isinstance(record, RawRecord)
    assert record.fields == {"article.body": "a", "article.date.iso": "2025"}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(values=st.lists(VALUES, max_size=5), size=st.integers(1, 20), indent=st.sampled_from([None, 1]), ascii_only=st.booleans())
def test_values_are_cut_where_json_ends_them(values: list[object], size: int, indent: int | None, ascii_only: bool) -> None:
    data = json.dumps(values, indent=indent, ensure_ascii=ascii_only).encode()
    scanner = Scanner(iter([data[at : at + size] for at in range(0, len(data), size)]))
    assert scanner.peek() == b"["
    scanner.step()
    found = []
    while scanner.peek() != b"]":
        cut = scanner.cut(1 << 20)
        assert data[cut.start : cut.end] == cut.data
        found.append(json.loads(cut.data))
        if scanner.peek() == b",":
            scanner.step()
    assert found == values


@pytest.mark.parametrize("piece", [b"[", b"{", b'"', b"\\", b'{"a":', b'"\\', b'{"', b"[[]", b'\\"'])
def test_time_grows_with_the_length_alone(piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in bytes handed to the patterns, not by a clock."""
    looked = [0]
    real = _elements._matched

    def matched(pattern: object, buffer: bytes, at: int) -> int:
        end = real(pattern, buffer, at)  # type: ignore[arg-type]
        looked[0] += end - at + 1
        return end

    monkeypatch.setattr(_elements, "_matched", matched)
    data = b'[{"text": "' + piece * 20_000
    read(data)
    assert looked[0] < 8 * len(data)


@pytest.mark.slow
def test_an_array_of_200_megabytes_needs_little_memory() -> None:
    item = json.dumps({"text": "một câu dài " * 250, "id": "x"}).encode() + b","

    class Long(io.RawIOBase):
        left = 200_000_000 // len(item)

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            return b"" if self.left < 0 else b"[" + item if self.left == 200_000_000 // len(item) - 1 else item

    tracemalloc.start()
    try:
        found = json_reader.READER.read(Long(), "a.json", ReadOptions())  # type: ignore[arg-type]
        codes = {type(record) for record in found}
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert codes == {RawRecord, Rejected}  # the array is not closed
    assert peak < 16 << 20, peak


def test_a_byte_order_mark_inside_lines_of_json_is_dropped_and_noted() -> None:
    data = b'{"text": "a b"}\n\xef\xbb\xbf{"text": "c d"}\n\xef\xbb\xbf\xef\xbb\xbf{}\n'
    first, second, third = jsonl.READER.read(io.BytesIO(data), "a.jsonl", ReadOptions())
    assert isinstance(first, RawRecord)
    assert isinstance(second, RawRecord)
    assert (first.text, first.notes, second.text, second.notes) == ("a b", (), "c d", ("invisible_characters",))
    assert isinstance(third, Rejected)
