"""Markup inside text fields: what is surely HTML goes, everything else stays, in time that grows with the length alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.ingest.markup import NOTE, strip_markup

STRIPPED = [
    ("<p>Một đoạn.</p><p>Hai.</p>", "Một đoạn.\n\nHai."),
    ("one<br>two<BR/>three<br />four", "one\ntwo\nthree\nfour"),
    ("a <b>bold</b> and <i class='x'>slanted</i> word", "a bold and slanted word"),
    ('see <a href="https://e.org/?a=1&amp;b=2" target=_blank>this page</a>.', "see this page."),
    ("A &amp; B, 5 &lt; 6, &#8220;so&#x201D;, caf&eacute;", "A & B, 5 < 6, “so”, café"),
    ("hai&nbsp;từ", "hai từ"),
    ("a<script>if (a < b) { c('</p>') }</script>b<style>p { x: y }</style>c", "abc"),
    ("a<SCRIPT type='x'>z</script >b", "ab"),
    ("a<!-- hidden <b> -->b", "ab"),
    ("<script>never closed <p>the article</p>", "never closed \nthe article"),
    ("&lt;p&gt;Escaped &amp;amp; whole&lt;/p&gt;", "Escaped & whole"),
    ("<table><tr><td>a</td><td>b</td></tr></table>", "a  b"),
    ('<img src="x" onerror="alert(1)">text', "text"),
    ("<p title='a > b'>x</p>", "x"),
]
KEPT = [
    "a < b and c > d",
    "if a<b>c then",
    "I <3 you",
    "R&D; AT&T; Q&A",
    "&nbsp without its end, &unknown;",
    "<Ảnh: TTXVN> Bộ trưởng",
    "<name@example.org>",
    "<https://e.org/>",
    "generic List<String> and x<y>",
    "the tags <b> and <i> in HTML",
    "1 << 2 >> 3",
    "<p",
    "",
]


@pytest.mark.parametrize(("text", "expected"), STRIPPED)
def test_markup_goes(text: str, expected: str) -> None:
    assert strip_markup(text) == (expected, (NOTE,))


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_markup_stays(text: str) -> None:
    assert strip_markup(text) == (text, ())


def test_an_escaped_tag_that_the_article_is_about_stays_visible() -> None:
    assert strip_markup("The tag &lt;script&gt; is dangerous") == ("The tag <script> is dangerous", (NOTE,))


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("<>/&;=\"' ab!-#x\n") | st.sampled_from("<>"), max_size=60) | st.text(max_size=30))
def test_any_text(text: str) -> None:
    stripped, notes = strip_markup(text)
    assert bool(notes) == (stripped != text)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<br>", "<b>", "</b>", "word", " ", "\n", "<script>x</script>", "a < b", "<!-- c -->"]), max_size=12
    )
)
def test_words_stay_and_tags_go(pieces: list[str]) -> None:
    stripped, _ = strip_markup("".join(pieces))
    assert stripped.count("word") == pieces.count("word")
    assert stripped.count("a < b") == pieces.count("a < b")
    if {"<p>", "</p>", "<br>", "</b>"} & set(pieces):
        assert not re.search(r"</?(?:p|b|br|script)>|<!--", stripped)


@pytest.mark.parametrize("piece", ["<", "<a ", "<!--", "<script>", '<a b="', "<p ", "&", "&#", "<a b=c ", "\n ", "</", "<!doctype "])
def test_hostile_text_costs_no_more_than_its_length(piece: str) -> None:
    """With steps that grow by the square, 200,000 pieces would take hours."""
    text = "<p>" + piece * 200_000
    assert len(strip_markup(text)[0]) <= len(text)
