"""When a page was published: each voice, agreement, conflict, and what is never taken for a publication."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.core.documents import DateEstimate
from topics.ingest.dates.html import month_first_in
from topics.ingest.dates.html_metadata import Reading
from topics.ingest.dates.written import find_days, is_written, parse_value
from topics.ingest.readers.html import page_date, parse_page

DAY = date(2024, 3, 5)
BODY = "<p>" + "The harbour council met again to discuss the new pier and its costs. " * 6 + "</p>"


def page(head: str = "", body: str = "", lang: str = "en") -> str:
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>A new pier - The Post</title>{head}</head>'
        f"<body><h1>A new pier</h1>{body}{BODY}</body></html>"
    )


def estimate(html: str, zone: str = "", url: str = "") -> DateEstimate:
    tree = parse_page(html)
    assert tree is not None
    return page_date(tree, zone, url=url)


def ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


POINTS = [
    pytest.param(page(ld({"@type": "NewsArticle", "datePublished": "2024-03-05"})), "html_json_ld", id="json-ld"),
    pytest.param(
        page(
            ld(
                {
                    "@graph": [
                        {"@type": "WebPage", "datePublished": "2021-01-01"},
                        {"@type": ["Article"], "datePublished": "2024-03-05T10:00:00+01:00"},
                    ]
                }
            )
        ),
        "html_json_ld",
        id="the article of a graph comes before its page",
    ),
    pytest.param(
        page(ld({"@type": "NewsArticle", "datePublished": "2024-03-05", "comment": [{"@type": "Comment", "datePublished": "2024-05-09"}]})),
        "html_json_ld",
        id="comments of json-ld are other works",
    ),
    pytest.param(
        page('<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2024-03-05", </script>'),
        "html_json_ld_page",
        id="cut json-ld",
    ),
    pytest.param(page('<meta property="article:published_time" content="2024-03-05T08:00:00+07:00">'), "html_meta", id="open graph"),
    pytest.param(page('<meta name="parsely-pub-date" content="2024-03-05">'), "html_meta", id="parsely"),
    pytest.param(page('<meta name="sailthru.date" content="Tue, 05 Mar 2024 10:00:00 +0000">'), "html_meta", id="sailthru"),
    pytest.param(page('<meta name="citation_publication_date" content="2024/03/05">'), "html_meta", id="citation"),
    pytest.param(page('<meta name="DC.date" content="20240305">'), "html_meta_date", id="dublin core"),
    pytest.param(page(body='<time pubdate datetime="2024-03-05">last Tuesday</time>'), "html_time_published", id="time pubdate"),
    pytest.param(page(body='<span itemprop="datePublished" content="2024-03-05"></span>'), "html_microdata", id="microdata"),
    pytest.param(page(body="<p>Published: 5 March 2024, 10:30</p>"), "html_labelled", id="published"),
    pytest.param(page(body="<div>Ngày đăng: 05/03/2024 10:30</div>", lang="vi"), "html_labelled", id="vi label"),
    pytest.param(
        page(body="<div>Ngày đăng</div><div>5 tháng 3 năm 2024</div>", lang="vi"), "html_labelled", id="vi label on the line above"
    ),
    pytest.param(page(body="<p>Veröffentlicht am 5. März 2024</p>", lang="de"), "html_labelled", id="de label"),
    pytest.param(page(body="<p>Am 5. März 2024 veröffentlicht</p>", lang="de"), "html_labelled", id="de label behind"),
    pytest.param(page(body="<p>Publié le 5 mars 2024</p>", lang="fr"), "html_labelled", id="fr label"),
    pytest.param(page(body='<div class="post-date">March 5, 2024</div>'), "html_dated_line", id="dated line"),
]


@pytest.mark.parametrize(("html", "method"), POINTS)
def test_each_voice_alone_gives_the_day(html: str, method: str) -> None:
    found = estimate(html)
    assert (found.point, found.method) == (DAY, method)
    assert found.confidence >= 0.8


def test_the_address_gives_the_day() -> None:
    assert estimate(page('<link rel="canonical" href="https://x.example/2024/03/05/pier">')).point == DAY
    assert estimate(page(), url="https://x.example/news/20240305-pier.html").point == DAY


def test_a_month_in_the_address_is_a_month() -> None:
    found = estimate(page('<link rel="canonical" href="https://x.example/2024/03/pier">'))
    assert (found.point, found.precision, found.earliest, found.latest) == (None, "month", date(2024, 3, 1), date(2024, 3, 31))


MODIFIED = [
    '<meta property="article:modified_time" content="2024-03-05">',
    '<meta property="og:updated_time" content="2024-03-05T10:00:00Z">',
    ld({"@type": "NewsArticle", "dateModified": "2024-03-05"}),
]


@pytest.mark.parametrize("head", MODIFIED)
def test_a_change_is_never_the_publication(head: str) -> None:
    found = estimate(page(head))
    assert found.point is None
    assert found.latest == DAY


@pytest.mark.parametrize(
    "body",
    [
        "<p>Updated: March 5, 2024</p>",
        "<p>Cập nhật: 05/03/2024</p>",
        "<p>Zuletzt aktualisiert: 05.03.2024</p>",
        '<time class="updated" datetime="2024-03-05">5 March 2024</time>',
    ],
)
def test_a_label_of_change_is_never_the_publication(body: str) -> None:
    assert estimate(page(body=body)).point is None


def test_the_published_day_wins_over_the_changed_one() -> None:
    html = page(body="<p>Published: 5 March 2024</p><p>Updated: 9 March 2024</p>")
    assert estimate(html).point == DAY


def test_voices_that_contradict_each_other_give_an_interval() -> None:
    found = estimate(page('<meta name="date" content="2023-01-01">', "<p>Published: 5 March 2024</p>"))
    assert found.point is None
    assert (found.earliest, found.latest) == (date(2023, 1, 1), DAY)
    assert found.confidence < 0.8


def test_related_articles_and_comments_are_not_heard() -> None:
    words = "A line about something else that has nothing to do with the new pier at all."
    other = (
        f'<div class="related"><time class="entry-date" datetime="2020-01-01">x</time>{words}</div>'
        f'<div id="comments"><time class="published" datetime="2024-06-01">y</time>{words}</div>'
    )
    html = page(body='<time class="entry-date" datetime="2024-03-05">5 March</time>').replace("</body>", other + "</body>")
    assert estimate(html).point == DAY
    assert estimate(page().replace("</body>", other + "</body>")).point is None


def test_the_layout_class_of_an_article_is_no_sidebar() -> None:
    html = page(body='<div class="post sidebar-right"><meta itemprop="datePublished" content="2024-03-05"></div>')
    assert estimate(html).point == DAY


def test_digits_follow_the_language_of_the_page() -> None:
    body = '<div class="date">03/05/2024</div>'
    assert estimate(page(body=body, lang="en-US")).point == DAY
    assert estimate(page(body=body, lang="vi")).point == date(2024, 5, 3)
    assert {month_first_in("en-US"), month_first_in("vi"), month_first_in("en")} == {True, False, None}


def test_a_moment_falls_on_its_day_in_the_zone() -> None:
    html = page('<meta property="article:published_time" content="2024-03-04T20:30:00Z">')
    assert estimate(html).point == date(2024, 3, 4)
    assert estimate(html, "Asia/Ho_Chi_Minh").point == DAY
    assert (
        estimate(page('<meta property="article:published_time" content="2024-03-05T00:00:00Z">'), "America/New_York").point == DAY
    )  # a day


def test_a_moment_in_utc_gives_way_to_the_day_that_the_page_shows() -> None:
    head = '<meta property="article:published_time" content="2024-03-04T23:30:00Z"><link rel="canonical" href="https://x.example/2024/03/05/a">'
    assert estimate(page(head, "<p>Published: 5 March 2024</p>")).point == DAY


def test_a_page_without_any_date_has_none() -> None:
    assert estimate(page()) == DateEstimate()


def test_placeholders_and_impossible_days_are_no_dates() -> None:
    for value in ("1970-01-01", "0001-01-01", "9999-12-31", "2024-02-30", "2024-13-01"):
        assert parse_value(value) is None
    assert estimate(page('<meta name="date" content="1970-01-01">')).point is None


def test_htmldate_is_asked_only_where_it_may_be() -> None:
    html = page().replace("</body>", "<p>(c) written down 05.03.2024 by us</p></body>")
    tree = parse_page(html)
    assert tree is not None
    assert page_date(tree, "").point == DAY
    assert page_date(tree, "", ask_htmldate=False).point is None


def test_a_day_that_htmldate_makes_of_a_month_is_not_believed() -> None:
    html = page().replace("</body>", "<p>In 06/2019 the pier was closed.</p></body>")
    assert estimate(html).point is None


def test_a_written_day_is_found_in_a_source_in_its_forms() -> None:
    for told in ("5.3.2024", "2024-03-05", "March 5, 2024", "5. März 2024", "5 tháng 3 năm 2024", "20240305", "1709600000"):
        assert is_written(DAY, f"<p>{told}</p>"), told
    assert not is_written(DAY, "2024-03-15 05.03.2023 March 25, 2024")


def test_both_readings_are_kept_where_nothing_decides() -> None:
    (found,) = find_days("03/05/2024")
    assert (found.earliest, found.latest) == (DAY, date(2024, 5, 3))
    assert Reading(month_first=True).voice("x", "published", "03/05/2024", 1.0).day == DAY  # type: ignore[union-attr]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_markup_gives_an_estimate(text: str) -> None:
    tree = parse_page(page(f'<script type="application/ld+json">{text}</script><meta name="date" content="{text}">', text))
    if tree is not None:
        assert isinstance(page_date(tree, "Asia/Ho_Chi_Minh"), DateEstimate)


@pytest.mark.slow
def test_points_are_more_precise_than_htmldates_and_no_fewer_are_right(data_dir: Path, tmp_path: Path) -> None:
    corpus = next((data_dir / "html_htmldate").glob("*.jsonl.gz"))
    script = Path(__file__).parents[2] / "benchmarks" / "html_dates.py"
    root = str(script.parents[1])
    command = [sys.executable, str(script), "--corpus", str(corpus), "--json", str(tmp_path / "out.json")]
    subprocess.run(command, check=True, capture_output=True, env={"PYTHONPATH": root, "PATH": ""}, cwd=root)
    rows = {(row["tool"], row["settings"]): row for row in json.loads((tmp_path / "out.json").read_text())["rows"]}
    ours, theirs = rows["topics", "default"], rows["htmldate", "extensive"]
    assert ours["right_of_published"] >= theirs["right_of_published"]  # gold takes some days of change for days of publication
    assert ours["right_share"] >= 0.92
    assert ours["precision"] > theirs["precision"] + 0.02
