"""Feeds: RSS 2.0, RSS 1.0 and Atom, hostile ones and broken ones."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.core.contracts import RawRecord, ReadOptions, Rejected
from topics.ingest.readers import rss


def read(data: bytes | str, options: ReadOptions | None = None) -> list[RawRecord | Rejected]:
    return list(rss.read(io.BytesIO(data.encode() if isinstance(data, str) else data), "f.xml", options or ReadOptions()))


RSS2 = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
     xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Coast Daily</title><language>vi</language><link>https://c.example</link>
<image><title>Logo</title></image>
<item><title>Bến &amp; cảng</title><link>https://c.example/1</link><guid>g1</guid><pubDate>Tue, 11 Feb 2025 08:00:00 +0700</pubDate>
<media:content url="a.jpg"><media:title>no title of ours</media:title></media:content><dc:creator>Le B</dc:creator>
<description>Short.</description>
<content:encoded><![CDATA[<p>Bến thứ hai <b>mở cửa</b>.</p><script>alert(1)</script><p>R&amp;D x &lt; y</p>]]></content:encoded></item>
<item><title>Second</title><description>&lt;p&gt;Escaped &lt;i&gt;markup&lt;/i&gt;.&lt;/p&gt;</description></item>
<item><title>Title alone</title></item>
<item><link>https://c.example/4</link></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Atom Post</title><updated>2026-01-01T00:00:00Z</updated>
<entry><title type="html">A &amp;amp; B</title><link rel="self" href="https://a.example/self"/><link href="https://a.example/1"/><id>urn:1</id>
<published>2025-02-11T08:00:00Z</published><updated>2025-03-01T08:00:00Z</updated><summary>Summary.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One.</p><p>Two.</p></div></content></entry>
<entry><title>Plain</title><updated>2025-03-02T08:00:00Z</updated><content type="text">a &lt;b&gt; c</content></entry></feed>"""

RSS1 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Old Post</title></channel>
<item><title>One</title><link>https://o.example/1</link>
<description>Text one.</description><dc:date>2025-02-11</dc:date></item></rdf:RDF>"""


def test_rss_2() -> None:
    first, second, third, fourth = read(RSS2)
    assert isinstance(first, RawRecord)
    assert first.text == "Bến thứ hai mở cửa.\nR&D x < y"
    assert first.fields == {
        "source": "Coast Daily",
        "language": "vi",
        "title": "Bến & cảng",
        "url": "https://c.example/1",
        "guid": "g1",
        "date": "Tue, 11 Feb 2025 08:00:00 +0700",
        "author": "Le B",
    }
    assert isinstance(second, RawRecord)
    assert second.text == "Escaped markup."
    assert isinstance(third, RawRecord)
    assert (third.text, third.notes) == ("Title alone", ("title_only",))
    assert isinstance(fourth, Rejected)
    assert (fourth.code, fourth.record) == ("no_text", 4)


def test_atom() -> None:
    first, second = read(ATOM)
    assert isinstance(first, RawRecord)
    assert (first.text, first.notes) == ("One.\nTwo.", ())
    assert first.fields["date"] == "2025-02-11T08:00:00Z"
    assert first.fields["url"] == "https://a.example/1"
    assert (first.fields["source"], first.fields["language"], first.fields["title"]) == ("Atom Post", "en", "A & B")
    assert isinstance(second, RawRecord)
    assert second.text == "a <b> c"
    assert (second.fields["date"], second.notes) == ("2025-03-02T08:00:00Z", ("date_of_update",))


def test_rss_1() -> None:
    (record,) = read(RSS1)
    assert isinstance(record, RawRecord)
    assert (record.text, record.fields["source"], record.fields["date"]) == ("Text one.", "Old Post", "2025-02-11")


def test_the_declared_encoding_is_used() -> None:
    data = '<?xml version="1.0" encoding="windows-1252"?><rss><channel><item><title>Caf\xe9 \u2019s</title></item></channel></rss>'
    (record,) = read(data.encode("cp1252"))
    assert isinstance(record, RawRecord)
    assert record.text == "Café ’s"
    undeclared = data.partition("?>")[2].encode("cp1252")
    assert isinstance(read(undeclared)[-1], Rejected)
    (record,) = read(undeclared, ReadOptions(encoding="cp1252"))
    assert isinstance(record, RawRecord)


def test_another_root_is_named() -> None:
    (bad,) = read("<nitf><body>x</body></nitf>")
    assert isinstance(bad, Rejected)
    assert bad.code == "not_feed"
    assert "<nitf>" in bad.message


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = [
    pytest.param(
        f'<!DOCTYPE r [<!ENTITY l0 "lol">{LAUGHS}]><rss><channel><item><title>&l9;</title></item></channel></rss>', "entities", id="laughs"
    ),
    pytest.param(
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&x;</title></item></channel></rss>',
        "entities",
        id="file",
    ),
    pytest.param(
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://e.example/d">%p;]><rss><channel><item><title>a</title></item></channel></rss>',
        "entities",
        id="parameter",
    ),
    pytest.param("<rss>" * 5000, "not_xml", id="deep"),
    pytest.param("not xml at all", "not_xml", id="text"),
    pytest.param("", "empty", id="empty"),
    pytest.param("\x00\x01\x02", "not_xml", id="bytes"),
]


@pytest.mark.parametrize(("data", "code"), HOSTILE)
def test_hostile_documents_end_in_one_rejection(data: str, code: str) -> None:
    (bad,) = read(data)
    assert isinstance(bad, Rejected)
    assert bad.code == code
    assert bad.hint.endswith(".")


def test_an_external_dtd_is_not_loaded_and_does_no_harm() -> None:
    dtd = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://e.example/rss.dtd">'
    (record,) = read(f"{dtd}<rss><channel><item><title>a</title></item></channel></rss>")
    assert isinstance(record, RawRecord)


def test_broken_xml_ends_in_one_rejection_after_the_good_items() -> None:
    good, bad = read(RSS2[: RSS2.index("<title>Second")])
    assert isinstance(good, RawRecord)
    assert isinstance(bad, Rejected)
    assert (bad.code, bad.record) == ("not_xml", 2)
    assert "after item 1" in bad.message


def test_an_item_over_the_limit_is_refused_and_the_limit_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rss, "MAX_ITEM", 100_000)
    small = "<item><title>a</title></item>"
    found = read(f"<rss><channel>{small * 10_000}</channel></rss>")
    assert len(found) == 10_000  # the limit is that of one item
    *_, bad = read(f"<rss><channel>{small}<item>{'<a>b</a>' * 100_000}</item></channel></rss>")
    assert isinstance(bad, Rejected)
    assert bad.code == "too_large"
    assert "100,000" in bad.message


def test_a_long_feed_is_not_held_in_memory() -> None:
    item = b"<item><title>a</title><description>" + b"x" * 10_000 + b"</description></item>"

    class Endless(io.RawIOBase):
        left = 3000

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            if self.left == 2999:
                return b"<rss><channel>"
            return item if self.left >= 0 else b"</channel></rss>" if self.left == -1 else b""

    tracemalloc.start()
    try:
        n_items = sum(1 for _ in rss.read(Endless(), "f.rss", ReadOptions()))  # type: ignore[arg-type]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert n_items == 2999
    assert peak < 4 << 20


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 2000), st.integers(0, 60), st.sampled_from([RSS2, ATOM, RSS1]))
def test_any_bytes_end_in_records_and_rejections(noise: bytes, at: int, cut: int, feed: str) -> None:
    data = feed.encode()
    for sample in (noise, b"<rss><channel><item>" + noise, data[:at] + noise[:5] + data[at + cut :]):
        found = read(sample)
        assert found == read(sample)
        assert all(isinstance(item, RawRecord | Rejected) for item in found)
