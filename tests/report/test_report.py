"""The report of the sample study: one safe file whose numbers are those of the tables."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from columns_read import read_gaps, read_packed, read_worded

from tests.conftest import corpus_from, make_document
from topics.artifacts.verify import verify
from topics.outputs import stop_word_rows
from topics.preprocessing.prepare import EmbeddingConfig, PreprocessingConfig, fit_preparation
from topics.report.page import csp_hash
from topics.report.sections.methods import preparation_sentences
from topics.report.wording import Wording
from topics.reuse.refit import EVENTS, SEAM

TABLES = {
    "documents": (
        "id file record title source language date date_earliest date_latest date_precision date_confidence date_method "
        "story canonical n_tokens"
    ),
    "document_themes": "id theme model score present evidence_start evidence_end evidence",
    "corpus_stop_words": "language term dropped",
    "same_event": "a b score shared",
    "curation": "model topic shown_as name note",
    "concordance": "lda_topic bertopic_topic similarity document_agreement",
    "quality": "model topic metric value",
    "theme_evidence": "theme rank present id story language date score evidence_start evidence_end evidence",
    "theme_coverage": "theme term_language term by value n_docs n_occurrences n_only",
    "theme_candidates": "theme language rank term log_odds z n_docs n_docs_elsewhere",
    "trends_terms": "kind series language period n_docs n_stories mass share low high complete",
    "statistics_terms": "kind series language statistic value low high p q decision",
    "change_points_terms": "kind series language period earliest latest before after",
}
for _model in ("lda", "bertopic"):
    TABLES[f"topics_{_model}"] = (
        "topic label language rank term weight exclusivity relevance relevance_rank frex frex_rank language_rank mmr_rank"
    )
    TABLES[f"typical_documents_{_model}"] = "topic rank id weight fit"
    TABLES[f"topic_themes_{_model}"] = "topic theme share above_chance carries"
    TABLES[f"document_topics_{_model}"] = "id topic weight"
SCORERS = ("combined", "terms", "guided_lda", "embedding")
for _source in ("lda", "bertopic", *SCORERS):
    for _part in ("trends", "statistics", "change_points"):
        TABLES[f"{_part}_{_source}"] = TABLES[f"{_part}_terms"]
PATTERNS = {
    "bursts": "kind series language start end weight share usual p q decision",
    "seasons": "kind series language effect part value low high p q decision",
    "novelty": "kind language period novelty transience resonance novelty_p resonance_p decision",
    "emergence": "kind series language since share growth low high probability sources novelty score q decision",
    "back_tests": "kind language n_forecasts n_calls n_held base_rate brier brier_of_base decision",
    "lead_lag": "kind series left right lag low high correlation p q decision",
    "event_effects": "kind date event series language effect value low high p q placebo_p n_placebos decision",
    "change_parts": "kind series part value low high before after p q decision",
    "changed_words": "kind series language rank term before after log_odds z p q n_stories decision",
}
for _source in ("combined", "lda", "bertopic"):
    TABLES |= {f"{_part}_{_source}": _columns for _part, _columns in PATTERNS.items()}
for _model in ("lda", "bertopic"):
    TABLES[f"refits_{_model}"] = "topic refit seed similarity"
    TABLES[f"trend_refits_{_model}"] = "kind series language period refit articles_share stories_share"
for _source in ("combined", "lda", "bertopic"):
    TABLES[f"side_trends_{_source}"] = TABLES["trends_terms"]
TABLES["themes"] = "theme language label"
TABLES["claims"] = (
    "claim statistic source kind series language start end sign value low high p q robust n_variants n_agree fact sentence_en sentence_vi"
)
TABLES["claim_cells"] = "claim file row column value"
TABLES["robustness"] = "claim source series weighting period fit value agrees"
for _model in ("lda", "bertopic"):
    TABLES[f"topic_ids_{_model}"] = "topic carried_id name"
    TABLES[f"topic_events_{_model}"] = " ".join(EVENTS)
    TABLES[f"topic_seam_{_model}"] = " ".join(SEAM)
TABLES["hierarchy_bertopic"] = "node left right gain topic topics n_docs terms"
TABLES["nearest_bertopic"] = "id topic nearest confidence"
ACTIVE = {
    "script",
    "img",
    "iframe",
    "object",
    "embed",
    "link",
    "base",
    "form",
    "input",
    "button",
    "audio",
    "video",
    "foreignobject",
    "animate",
    "set",
}
Row = dict[str, str]


class Page(HTMLParser):
    """Tags with attributes, and text, as a browser's parser meets them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.pieces: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())

    def names(self) -> Counter[str]:
        return Counter(tag for tag, _ in self.tags)

    def values(self, attribute: str) -> list[str]:
        return [attributes[attribute] or "" for _, attributes in self.tags if attribute in attributes]

    def handlers(self) -> list[str]:
        return [name for _, attributes in self.tags for name in attributes if name.startswith("on")]


def read_table(out: Path, name: str) -> list[Row]:
    return list(csv.DictReader((out / "tables" / f"{name}.csv").read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def page(sample_run: Path) -> Page:
    return Page((sample_run / "index.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def vietnamese(sample_run: Path) -> Page:
    return Page((sample_run / "index.vi.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def table(sample_run: Path) -> Callable[[str], list[Row]]:
    return lambda name: read_table(sample_run, name)


# --- one safe file --------------------------------------------------------------------------------------------------------------------


def test_nothing_in_the_page_is_active(page: Page) -> None:
    assert not ACTIVE & set(page.names())
    assert page.handlers() == []
    assert page.values("src") == page.values("action") == page.values("formaction") == []
    assert not [target for target in page.values("href") + page.values("xlink:href") if re.match(r"\s*(\w+:|//)", target)]


def test_nothing_in_the_page_is_fetched(sample_run: Path) -> None:
    for name in ("index.html", "explorer.html"):
        html = (sample_run / name).read_text(encoding="utf-8")
        assert not re.search(r"@import|url\(\s*['\"]?(?!#)", html), name
        assert set(re.findall(r"https?://[^\s\"'<>)]+", html)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}, name


@pytest.mark.parametrize("name", ["index.html", "explorer.html"])
def test_the_policy_allows_just_the_blocks_that_are_there(sample_run: Path, name: str) -> None:
    html = (sample_run / name).read_text(encoding="utf-8")
    policy = next(
        attributes["content"] or "" for tag, attributes in Page(html).tags if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    assert rules["default-src"] == ["'none'"]
    assert rules["style-src"] == [csp_hash(style) for style in re.findall(r"<style>(.*?)</style>", html, re.DOTALL)]
    assert rules.get("script-src", []) == [csp_hash(script) for script in re.findall(r"<script>(.*?)</script>", html, re.DOTALL)]
    assert html.index("Content-Security-Policy") < html.index("<style>")
    assert Page(html).values("style") == []  # the policy would drop them


def test_every_figure_is_in_the_page_as_it_is_in_its_file(sample_run: Path, page: Page) -> None:
    html = (sample_run / "index.html").read_text(encoding="utf-8")
    files = sorted((sample_run / "figures").glob("*.svg"))
    assert len(files) >= 8
    assert sorted(found for found in page.values("id") if found.startswith("figure-")) == [f"figure-{path.stem}" for path in files]
    assert page.names()["svg"] >= len(files)
    for path in files:
        figure = html.split(f'id="figure-{path.stem}">')[1].split("</figure>")[0]
        drawn = Page(path.read_text(encoding="utf-8")).text
        assert len(drawn) > 20
        assert Page(figure.split("<figcaption>")[0]).text.split() == drawn.split()
        assert (
            figure.count("<svg ") == figure.count('role="img" aria-label=') == max(1, path.read_text(encoding="utf-8").count("<svg ") - 1)
        )
        assert all(len(label) > 20 for tag, said in Page(figure).tags if tag == "svg" and (label := said["aria-label"] or "") is not None)
        assert path.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_every_figure_has_its_numbers_in_the_page_and_as_a_table(sample_run: Path) -> None:
    html = (sample_run / "index.html").read_text(encoding="utf-8")
    for path in sorted((sample_run / "figures").glob("*.csv")):
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        details = html.split(f'id="figure-{path.stem}">')[1].split("</figure>")[0].split("<details>")[1]
        assert rows
        if "share" in rows[0]:
            periods = list(dict.fromkeys(row["period"] for row in rows))
            curves = list(dict.fromkeys((row["series"], row["language"]) for row in rows))
            cells = {(row["period"], row["series"], row["language"]): row for row in rows}
            said = re.findall(r'<td class="number">(.*?)</td>', details)
            for text, row in zip(said, (cells[period, *curve] for period in periods for curve in curves), strict=True):
                numbers = [float(number) / 100 for number in re.findall(r"([\d.]+)%", text)]
                assert numbers == pytest.approx([float(row[name]) for name in ("share", "low", "high") if row[name]], abs=0.0051)


def test_links_lead_somewhere_and_ids_are_unique(sample_run: Path, page: Page) -> None:
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    for target in page.values("href"):
        assert target[1:] in ids if target.startswith("#") else (sample_run / target).is_file(), target
    assert set(page.values("aria-labelledby")) <= set(ids)


def test_the_explorer_holds_its_data_as_json(sample_run: Path, table: Callable[[str], list[Row]]) -> None:
    html = (sample_run / "explorer.html").read_text(encoding="utf-8")
    (block,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert not set("<>&") & set(block)
    data = json.loads(block)
    documents = table("documents")
    n = len(documents)
    assert sorted(read_worded(data["documents"]["titles"], n)) == sorted(row["title"] for row in documents)
    assert (data["shown"], data["total"]) == (n, n)
    for model in data["models"]:
        name, places = model["name"], data["places"][model["name"]]
        near, outside = read_packed(places["near"]), set(read_gaps(places["outside"]))
        assert len(near) == len(read_packed(places["share"])) == len(read_packed(places["turns"])) == n
        assert {topic["id"] for topic in model["topics"]} == {row["topic"] for row in table(f"topics_{name}")}
        counts = Counter(model["topics"][place]["id"] for row, place in enumerate(near) if row not in outside)
        assert counts == {topic["id"]: topic["n"] for topic in model["topics"] if topic["n"]}
        if name == "bertopic":
            assert counts == Counter(row["topic"] for row in table("nearest_bertopic") if row["topic"])
            every = Counter(row["nearest"] for row in table("nearest_bertopic"))
            assert Counter(model["topics"][place]["id"] if place >= 0 else "" for place in near) == every
    present = Counter(row["theme"] for row in table("document_themes") if row["present"] == "true" and row["model"] == "combined")
    assert {theme["key"]: len(read_gaps(data["theme_rows"][theme["key"]])) for theme in data["themes"]} == present
    assert {theme["key"]: theme["n"] for theme in data["themes"]} == present


def test_the_output_folder_verifies(sample_run: Path) -> None:
    assert verify(sample_run).kind == "report"
    for name in ("lda", "bertopic"):
        assert verify(sample_run / "artifacts" / name).kind == name
    assert (sample_run / "quarantine.jsonl").read_bytes() == b""
    assert not list(sample_run.rglob(".*"))


# --- tables ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_the_columns_of_the_contract(sample_run: Path, name: str) -> None:
    data = (sample_run / "tables" / f"{name}.csv").read_bytes()
    columns = data.decode("utf-8").split("\n", 1)[0].split(",")
    expected = TABLES[name].split()
    assert columns[: len(expected)] == expected
    assert b"\r" not in data
    assert data.endswith(b"\n")


def test_there_are_no_other_tables(sample_run: Path) -> None:
    assert {path.stem for path in (sample_run / "tables").glob("*.csv")} == set(TABLES)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("documents", ["id"]),
        ("document_themes", ["id"]),
        ("document_topics_lda", ["id"]),
        ("document_topics_bertopic", ["id"]),
        ("nearest_bertopic", ["id"]),
    ],
)
def test_rows_are_in_a_total_order(table: Callable[[str], list[Row]], name: str, keys: list[str]) -> None:
    found = [tuple(row[key] for key in keys) for row in table(name)]
    assert found == sorted(found)
    assert len({tuple(row.values()) for row in table(name)}) == len(found)


@pytest.mark.parametrize("model", ["lda", "bertopic"])
def test_weights_of_a_document_and_its_unassigned_part_add_up(table: Callable[[str], list[Row]], model: str) -> None:
    totals: Counter[str] = Counter()
    for row in table(f"document_topics_{model}"):
        assert 0.001 <= float(row["weight"]) <= 1
        totals[row["id"]] += float(row["weight"])  # type: ignore[assignment]
    assert totals.keys() == {row["id"] for row in table("documents")}
    assert min(totals.values()) > 0.98
    assert max(totals.values()) < 1.001


@pytest.mark.parametrize("source", ["lda", "bertopic", *SCORERS])
def test_trends_count_every_dated_document_once(table: Callable[[str], list[Row]], source: str) -> None:
    rows, documents = table(f"trends_{source}"), table("documents")
    dated = sum(row["date_earliest"][:7] == row["date_latest"][:7] != "" for row in documents)
    shares: dict[tuple[str, ...], float] = {}
    for row in rows:
        if row["series"] == "unassigned" and row["language"] == "all":
            shares.setdefault((row["kind"],), 0.0)
            shares[row["kind"],] += int(row["n_docs"])
    assert set(shares.values()) == {dated}
    if source not in SCORERS:
        sums: Counter[tuple[str, ...]] = Counter()
        for row in rows:
            if row["share"]:
                sums[row["kind"], row["language"], row["period"]] += float(row["share"])  # type: ignore[assignment]
        assert all(total == pytest.approx(1.0, abs=1e-3) for total in sums.values())
        assert {row["kind"] for row in rows} == {"topic", "theme"}


def test_evidence_to_read_first_is_the_documents_own_text_one_a_story(sample_run: Path, table: Callable[[str], list[Row]]) -> None:
    from topics.ingest.store import load

    texts = {document.info.id: document.text for document in load(sample_run / "artifacts" / "corpus")}
    rows = table("theme_evidence")
    for row in rows:
        assert texts[row["id"]][int(row["evidence_start"]) : int(row["evidence_end"])] == row["evidence"]
    assert len({(row["theme"], row["story"]) for row in rows}) == len(rows)
    present = {(row["id"], row["theme"]): row["present"] for row in table("document_themes") if row["model"] == "combined"}
    assert all(present[row["id"], row["theme"]] == row["present"] for row in rows)
    for theme in {row["theme"] for row in rows}:
        assert {row["language"] for row in rows if row["theme"] == theme and row["present"] == "true"} == {"en", "vi"}
        assert sorted(row["language"] for row in rows if row["theme"] == theme and row["present"] == "false") == ["en", "vi"]


def test_evidence_is_the_documents_own_text(sample_run: Path, table: Callable[[str], list[Row]]) -> None:
    from topics.ingest.store import load

    texts = {document.info.id: document.text for document in load(sample_run / "artifacts" / "corpus")}
    seen = [row for row in table("document_themes") if row["evidence"]]
    assert len(seen) > 100
    for row in seen:
        quoted = texts[row["id"]][int(row["evidence_start"]) : int(row["evidence_end"])]
        assert row["evidence"] in (quoted, "'" + quoted)


# --- numbers of the page --------------------------------------------------------------------------------------------------------------


def test_the_headlines_are_the_tables_numbers(page: Page, table: Callable[[str], list[Row]]) -> None:
    documents = table("documents")
    days = sorted(row["date"] for row in documents if row["date"])
    stories = len({row["story"] for row in documents})
    assert f"{len(documents):,} articles were read" in page.text
    assert f"they tell {stories:,} distinct stories" in page.text
    assert f"The day is known for {len(days):,} of them, from {days[0]} to {days[-1]}; for {len(documents) - len(days):,}" in page.text


def test_the_date_audit_stands_in_the_report(page: Page, table: Callable[[str], list[Row]]) -> None:
    text, rows = page.text, table("documents")
    dated = [row for row in rows if row["date"]]
    sure = sum(float(row["date_confidence"]) >= 0.9 for row in dated)
    assert re.search(rf"Confidence of days ?0\.9-1\.0 {sure:,}\b", text)
    first = min(row["date"] for row in dated)
    assert (f"the first document is of {first}" in text) == (first[-2:] != "01")


def test_words_without_a_topic_are_shown_with_what_became_of_them(page: Page, table: Callable[[str], list[Row]]) -> None:
    rows = table("corpus_stop_words")
    assert rows
    assert {row["dropped"] for row in rows} == {"false"}
    said = re.search(r"([\d,]+) words stand all over the corpus and belong to no topic \((.*?)\); they were kept", page.text)
    assert said
    assert said[1] == f"{len(rows):,}"
    first = {row["language"]: row["term"] for row in reversed(rows)}
    assert all(f"{language}: {term}" in said[2] for language, term in first.items())


@pytest.mark.parametrize(("dropped", "said"), [(True, "they were dropped"), (False, "they were kept; corpus_stop_words = true")])
def test_the_sentence_about_words_without_a_topic_says_what_was_asked(dropped: bool, said: str) -> None:
    bursts = ("tunnel", "harvest", "pier", "reef")
    texts = [f"{'certain ' if n % 2 else ''}{f'{bursts[n % 4]} ' * 5}word{n % 7} word{n % 11} x{n}" for n in range(200)]
    corpus = corpus_from([make_document(text) for text in texts])
    config = PreprocessingConfig(max_df=1.0, corpus_stop_words=dropped)
    made = fit_preparation(corpus, config, EmbeddingConfig(), (), seed=1)
    assert "certain" in made.words.corpus_stop_words["en"]
    assert list(stop_word_rows(made)) == [("en", term, dropped) for term in made.words.corpus_stop_words["en"]]
    assert any(said in sentence and "en: " in sentence for sentence in preparation_sentences(made, Wording()))


def test_theme_counts_are_the_tables_numbers(page: Page, table: Callable[[str], list[Row]]) -> None:
    story = {row["id"]: row["story"] for row in table("documents")}
    said = re.findall(r"Present in ([\d,]+) articles \(([\d,]+) stories\)", page.text)
    rows = [row for row in table("document_themes") if row["model"] == "combined"]
    keys = [name.removeprefix("theme-") for name in page.values("id") if name.startswith("theme-")]
    assert len(said) == len(keys) == 6
    for key, numbers in zip(keys, said, strict=True):
        found = [row["id"] for row in rows if row["theme"] == key and row["present"] == "true"]
        assert numbers == (f"{len(found):,}", f"{len({story[identifier] for identifier in found}):,}")


@pytest.mark.parametrize(("model", "title"), [("lda", "LDA"), ("bertopic", "BERTopic (UMAP + HDBSCAN)")])
def test_model_numbers_are_the_tables_numbers(page: Page, table: Callable[[str], list[Row]], model: str, title: str) -> None:
    topics = table(f"topics_{model}")
    n_topics = len({row["topic"] for row in topics})
    unassigned = next(row["value"] for row in table("quality") if (row["model"], row["metric"]) == (model, "unassigned"))
    assert f"{title} describes them by {n_topics} topics." in page.text
    assert f"{n_topics} topics; {float(unassigned):.1%} of the articles' weight belongs to none." in page.text
    for row in topics:
        assert row["term"] in page.text or int(row["rank"]) > 12 or n_topics > 24


def test_topic_shares_are_the_tables_numbers(sample_run: Path, table: Callable[[str], list[Row]]) -> None:
    html = (sample_run / "index.html").read_text(encoding="utf-8").split('<section aria-labelledby="bertopic">')[1].split("</section>")[0]
    said = dict(re.findall(r'<tr><th scope="row" class="number">(\d+)</th><td class="number">([\d.]+%)</td>', html))
    mass: Counter[str] = Counter()
    for row in table("document_topics_bertopic"):
        mass[row["topic"]] += float(row["weight"])  # type: ignore[assignment]
    n = len(table("documents"))
    assert said == {topic: f"{total / n:.1%}" for topic, total in mass.items() if topic} | {
        row["topic"]: "0.0%" for row in table("topics_bertopic") if row["topic"] not in mass
    }


def test_the_agreement_is_the_tables(page: Page, table: Callable[[str], list[Row]]) -> None:
    matched = [row for row in table("concordance") if row["lda_topic"] and row["bertopic_topic"]]
    assert f"{len(matched)} pairs lie above" in page.text
    for row in matched:
        assert f"{float(row['similarity']):.2f}" in page.text


def test_growth_sentences_are_the_tables_numbers(page: Page, table: Callable[[str], list[Row]]) -> None:
    rows = [
        row
        for row in table("statistics_combined")
        if (row["statistic"], row["language"]) == ("growth", "all") and row["series"] != "unassigned"
    ]
    tested = [row for row in rows if row["value"]]
    assert len(rows) == 6
    assert tested
    for row in tested:
        odds = f"odds ratio {float(row['value']):.2f} a year, 95 % interval {float(row['low']):.2f} to {float(row['high']):.2f}"
        assert f"{odds}, q = {float(row['q']):.3f}" in page.text
    claims = [row["sentence_en"] for row in table("claims") if row["statistic"] == "growth"]
    assert sum(" rises from " in sentence for sentence in claims) == sum(row["decision"].startswith("rises") for row in tested)
    assert sum(" falls from " in sentence for sentence in claims) == sum(row["decision"].startswith("falls") for row in tested)
    silent = (" shows no clear change from ", " shows no change that is clear among so many series tested from ")
    assert sum(any(words in sentence for words in silent) for sentence in claims) == sum("no clear" in row["decision"] for row in tested)


def test_findings_open_the_report_robust_ones_first(
    sample_run: Path, page: Page, vietnamese: Page, table: Callable[[str], list[Row]]
) -> None:
    every = [row for row in table("claims") if row["sign"] != "0"]
    findings = [row for row in every if row["fact"] == row["claim"]]
    assert 1 <= len(findings) <= len(every) <= 10
    shown = [found.removeprefix("claim-") for found in page.values("id") if found.startswith("claim-")]
    robust = {row["claim"]: row["robust"] for row in findings}
    assert sorted(shown) == sorted(robust)
    assert [robust[name] for name in shown] == sorted(robust.values(), reverse=True)
    html = (sample_run / "index.html").read_text(encoding="utf-8")
    for row in findings:
        item = html.split(f'id="claim-{row["claim"]}">')[1].split("</li>")[0]
        assert row["sentence_en"] in Page(item).text
        assert row["sentence_vi"] in vietnamese.text
        assert (f"theme-{row['series']}" if row["kind"] == "theme" else row["source"]) in item
    section = html.split('id="claims"')[1]
    for row in every:  # what tells the same stands under the strongest
        item = section.split(f'id="claim-{row["fact"]}">')[1].split('id="claim-')[0]
        assert row["sentence_en"] in Page(item).text
    assert section.index("</section>") < section.index('id="limits"')


def test_where_a_theme_is_its_growth_and_bursts_are_said(sample_run: Path, vietnamese: Page, table: Callable[[str], list[Row]]) -> None:
    html = (sample_run / "index.html").read_text(encoding="utf-8").split('id="themes"')[1]
    rows = [row for row in table("claims") if (row["kind"], row["language"]) == ("theme", "all")]
    said = [row for row in rows if row["statistic"] in ("growth", "change_point", "burst")]
    assert {row["statistic"] for row in said} == {"growth", "burst"}
    for row in said:
        part = html.split(f'id="theme-{row["series"]}"')[1].split("<h3")[0]
        assert row["sentence_en"] in Page(part).text
        assert row["sentence_vi"] in vietnamese.text


@pytest.mark.parametrize("model", ["lda", "bertopic"])
def test_topics_are_described_alike_in_page_and_tables(page: Page, table: Callable[[str], list[Row]], model: str) -> None:
    rows = table(f"topics_{model}")
    labels = {row["topic"]: row["label"] for row in rows}
    assert all(label in page.text for label in labels.values())
    themes = {"Digital transformation", "Dual-use industry", "Restructuring", "Training", "Disaster relief", "Defence diplomacy"}
    assert sum(label.split(": ")[0] in themes for label in labels.values()) >= 2, "topics of the sample carry its themes"
    for topic in labels:
        own = [row for row in rows if row["topic"] == topic]
        assert [int(row["rank"]) for row in own] == sorted(int(row["rank"]) for row in own)
        for name, value in (("rank", "weight"), ("relevance_rank", "relevance"), ("frex_rank", "frex")):
            listed = sorted((int(row[name]), -float(row[value])) for row in own)
            assert [place for place, _ in listed[:20]] == list(range(1, 21)), f"the first 20 by {value} are all there"
            assert [score for _, score in listed] == sorted(score for _, score in listed)


@pytest.mark.parametrize("model", ["lda", "bertopic"])
def test_topics_have_words_that_differ_and_places_in_their_language(table: Callable[[str], list[Row]], model: str) -> None:
    rows = table(f"topics_{model}")
    for topic in {row["topic"] for row in rows}:
        own = [row for row in rows if row["topic"] == topic]
        assert sorted(int(row["mmr_rank"]) for row in own if row["mmr_rank"]) == list(range(1, 11))
        assert next(row["rank"] for row in own if row["mmr_rank"] == "1") == "1", "the heaviest term comes first"
        for code in {row["language"] for row in own}:
            listed = [int(row["language_rank"]) for row in own if row["language"] == code]
            assert listed == sorted(listed)
            assert len(set(listed)) == len(listed)


def test_the_hierarchy_holds_every_topic_and_is_in_the_page(page: Page, table: Callable[[str], list[Row]]) -> None:
    nodes = {row["node"]: row for row in table("hierarchy_bertopic")}
    topics = {row["topic"] for row in table("topics_bertopic")}
    assert {row["topic"] for row in nodes.values() if row["topic"]} == topics
    for row in nodes.values():
        if row["left"]:
            children = [nodes[row["left"]], nodes[row["right"]]]
            assert sum(int(child["n_docs"]) for child in children) == int(row["n_docs"])
            assert set(row["topics"].split()) == {topic for child in children for topic in child["topics"].split()}
            assert row["topic"] == (children[0]["topic"] if children[0]["topic"] == children[1]["topic"] else "")
        if not row["topic"]:
            assert row["terms"].replace(";", ",") in page.text


def test_every_article_has_a_nearest_topic(table: Callable[[str], list[Row]]) -> None:
    rows = table("nearest_bertopic")
    weights: dict[str, dict[str, float]] = {row["id"]: {} for row in table("documents")}
    for row in table("document_topics_bertopic"):
        weights[row["id"]][row["topic"]] = float(row["weight"])
    assert {row["id"] for row in rows} == weights.keys()
    for row in rows:
        own = weights[row["id"]]
        assert own[row["topic"]] == max(own.values()), "the heaviest; on the threshold, topic and none weigh the same"
        assert row["nearest"] == row["topic"] or not row["topic"]
        assert float(row["confidence"]) == pytest.approx(own.get(row["nearest"], 0.0), abs=0.001)
        assert (float(row["confidence"]) >= 0.5) or row["topic"] == "" or len(own) > 1


@pytest.mark.parametrize("model", ["lda", "bertopic"])
def test_typical_documents_are_of_different_stories(table: Callable[[str], list[Row]], model: str) -> None:
    stories = {row["id"]: (row["story"], row["canonical"]) for row in table("documents")}
    weights = {(row["id"], row["topic"]): float(row["weight"]) for row in table(f"document_topics_{model}")}
    chosen: dict[str, list[str]] = {}
    for row in table(f"typical_documents_{model}"):
        chosen.setdefault(row["topic"], []).append(row["id"])
        assert float(row["weight"]) == pytest.approx(weights[row["id"], row["topic"]], rel=1e-4)
    assert chosen
    for ids in chosen.values():
        assert 1 <= len(ids) <= 5
        assert len({stories[i][0] for i in ids}) == len(ids)
        assert all(stories[i][1] == "true" for i in ids)
