"""Claims are what the tables say, in words, with the cells that say it; robust ones hold whichever way one looks."""

from __future__ import annotations

import html
import math
import re
from dataclasses import replace

import pytest

from tests.claims.planted import SETTING, changed, planted, rows_of, text_of
from topics.claims.check import check_page
from topics.claims.looks import coarser, voted
from topics.claims.make import CELLS, CLAIMS, ROBUSTNESS, claim_tables, kinds, make_claims
from topics.claims.phrases import gaps, percent
from topics.claims.reading import KEYS, Tables, reads, row_key, stem_of
from topics.claims.records import LANGUAGES, Cell, Claim, Look, Setting, Variant, Words, goes_with_mix
from topics.claims.select import IN_THEMES, SHOWN, behind, facts, of_theme, strongest
from topics.config import CompareConfig, TrendsConfig
from topics.core.series import Share, TrendCell
from topics.report.page import environment
from topics.report.sections.changes import Changes, claim_summary
from topics.report.wording import Wording
from topics.trends.bursts import GOING_ON
from topics.viz.claim_chart import variant_chart

Claims = tuple[Claim, ...]


def one(claims: Claims, statistic: str, series: str, source: str = "combined", language: str = "all", **cells: str) -> Claim:
    """The one claim of a statistic on a series."""
    found = [
        claim
        for claim in claims
        if (claim.statement.statistic, claim.statement.series, claim.statement.source, claim.statement.language)
        == (statistic, series, source, language)
        and all(claim.statement.row[column] == value for column, value in cells.items())
    ]
    assert len(found) == 1, found
    return found[0]


def growth_of(tables: dict[str, str], setting: Setting = SETTING, series: str = "water") -> Claim:
    """The growth of one theme, found without looking at anything else."""
    name = "statistics_combined"
    header, rows = tables[name].split("\n", 1)
    kept = [row for row in rows.split("\n") if row.startswith(f"theme,{series},all,growth")]
    others = {key: text for key, text in tables.items() if stem_of(key) in ("", "trends", "trend_refits")}
    return one(make_claims({**others, name: "\n".join([header, *kept]) + "\n"}, setting), "growth", series)


# --- what is said --------------------------------------------------------------------------------------------------------------------


def test_every_kind_is_found_in_a_study_that_holds_all_of_them(claims: Claims) -> None:
    assert {claim.statement.statistic for claim in claims} == set(kinds())
    assert set(kinds()) == {"growth", "change_point", "burst", "emergence", "lead", "event", "change_parts"}


GREW = "Water en rises from 2021-01 to 2024-03 (odds ratio {value:.2f} a year, 95 % interval {low:.2f} to {high:.2f}, q"
STEP = "Fire en: another level from {period} on (it begins in that month, q < 0.001): {before:.0%} of the articles"
PEAK = "Spark en stands well above its usual share from {start} to {end}: {share:.0%} of the articles"
PEAK += ", against {usual:.0%} in all other periods (q"
NEW = "Spark en is a strong signal: since {since} its odds are {growth:.2f} times those before (95 % interval {low:.2f} to"
EVENT = "Fire en: from Storm, the great (2022-09-01) on its odds are {value:.2f} times those of its trend"
PARTS = "Water en goes from {before:.0%} of the articles (2021-01-01 – 2021-12-31) to {after:.0%} (2023-05-01"
SAID: dict[str, tuple[str, dict[str, str], str]] = {
    "growth": ("water", {}, GREW),
    "change_point": ("fire", {}, STEP),
    "burst": ("spark", {}, PEAK),
    "emergence": ("spark", {}, NEW),
    "event": ("fire", {"effect": "level"}, EVENT),
    "change_parts": ("water", {}, PARTS),
}


class Written(float):
    """A share as sentences write it."""

    def __format__(self, spec: str) -> str:
        return percent(str(float(self)), "en") if spec == ".0%" else super().__format__(spec)


def value_of(text: str) -> float | str:
    try:
        return Written(text)
    except ValueError:
        return text


@pytest.mark.parametrize("statistic", SAID)
def test_a_sentence_is_made_of_the_cells_of_its_row(claims: Claims, tables: dict[str, str], statistic: str) -> None:
    series, cells, said = SAID[statistic]
    claim = one(claims, statistic, series, **cells)
    table = f"{kinds()[statistic].table}_combined"
    row = next(row for row in rows_of(tables[table]) if row_key(row, KEYS[stem_of(table)]) == claim.statement.cells[0].key)
    values = {column: value_of(text) for column, text in row.items()}
    assert claim.sentences["en"].startswith(said.format(**values))
    assert claim.sentences["en"] != claim.sentences["vi"]
    assert claim.sentences["vi"].startswith(series.title() + " vi")


def test_a_lead_names_who_comes_first(claims: Claims) -> None:
    claim = next(claim for claim in claims if claim.statement.statistic == "lead")
    assert claim.sentences["en"].startswith("Tide en: en precedes vi by 2 months (no other lag fits; correlation")
    assert claim.sentences["vi"].startswith("Tide vi: en đi trước vi 2 tháng (không độ trễ nào khác phù hợp; tương quan")
    behind = changed_lead(claim, "-2")
    assert behind.startswith("Tide en: vi precedes en by 2 months (1 to 3; correlation")
    assert changed_lead(claim, "-1").startswith("Tide en: vi precedes en by 1 month (1 to 3;")


def changed_lead(claim: Claim, lag: str) -> str:
    from topics.claims.records import Words

    row = {**claim.statement.row, "lag": lag, "low": "-3", "high": "-1"}
    words = Words("Tide en", "month", SETTING)
    return kinds()["lead"].say(replace(claim.statement, row=row, sign=-1), words, "en")


@pytest.mark.parametrize(
    ("latest", "english", "vietnamese"),
    [
        ("2022-09", "from 2022-09 on (it begins in that month, q", "kể từ 2022-09 (bắt đầu ngay trong tháng đó, q"),
        (
            "2022-10",
            "from 2022-09 on (it begins between 2022-09 and 2022-10, q",
            "kể từ 2022-09 (bắt đầu trong khoảng 2022-09 đến 2022-10, q",
        ),
    ],
)
def test_a_level_that_can_begin_in_one_period_alone_is_said_to(claims: Claims, latest: str, english: str, vietnamese: str) -> None:
    found = one(claims, "change_point", "fire").statement
    found = replace(found, row={**found.row, "period": "2022-09", "earliest": "2022-09", "latest": latest})
    say = kinds()["change_point"].say
    assert english in say(found, Words("Fire", "month", SETTING), "en")
    assert vietnamese in say(found, Words("Fire", "month", SETTING), "vi")


@pytest.mark.parametrize(
    ("placebo_p", "said"),
    [("0.04", "none of 24 other dates shows"), ("0.08", "1 of 24 other dates shows"), ("0.2", "4 of 24 other dates show")],
)
def test_other_dates_are_counted_with_their_verb(claims: Claims, placebo_p: str, said: str) -> None:
    found = one(claims, "event", "fire", effect="level").statement
    found = replace(found, row={**found.row, "n_placebos": "24", "placebo_p": placebo_p})
    assert f"{said} as much" in kinds()["event"].say(found, Words("Fire", "month", SETTING), "en")


def test_a_burst_that_goes_on_is_said_to_in_words(claims: Claims) -> None:
    found = one(claims, "burst", "fire").statement
    ended, open_ = (replace(found, row={**found.row, "decision": words}) for words in ("burst", f"burst; {GOING_ON}"))
    say = kinds()["burst"].say
    for code, words in (("en", " It had not ended in the last period tested."), ("vi", " Đến kỳ cuối được kiểm định vẫn chưa kết thúc.")):
        assert not say(ended, Words("Fire", "month", SETTING), code).endswith(words)
        assert say(open_, Words("Fire", "month", SETTING), code).endswith(words)


def test_a_pulse_is_said_for_three_periods_of_the_calendar() -> None:
    labels = ["2024-01", "2024-02", "2024-03", "2024-06", "2024-07"]
    row = {"date": "2024-02-10", "effect": "pulse"}
    assert kinds()["event"].window(row, (), labels) == ("2024-02", "2024-03")
    assert kinds()["event"].window({**row, "effect": "level"}, (), labels) == ("2024-02", "2024-07")


def test_vietnamese_has_a_decimal_comma(claims: Claims) -> None:
    claim = one(claims, "growth", "water")
    value = float(claim.statement.row["value"])
    assert f"tỉ số chênh {value:.2f}".replace(".", ",") in claim.sentences["vi"]
    assert not re.search(r"\d\.\d", claim.sentences["vi"])


def test_the_whole_change_is_said_with_its_parts(claims: Claims, tables: dict[str, str]) -> None:
    claim = one(claims, "change_parts", "water")
    parts = {row["part"]: row["value"] for row in rows_of(tables["change_parts_combined"]) if row["series"] == "water"}
    said = [f"{100 * float(parts[part]):+.1f}" for part in ("theme", "source_mix", "language_mix", "reprints")]
    names = ("the theme itself", "the mix of sources", "the mix of languages", "reprints")
    assert all(f"{name} {value.replace('-0.0', '+0.0')}" in claim.sentences["en"] for name, value in zip(names, said, strict=True))


def test_that_nothing_is_clear_is_said_of_themes_alone(claims: Claims, tables: dict[str, str]) -> None:
    nothing = [claim for claim in claims if not claim.statement.sign]
    unclear = {
        row["series"]
        for row in rows_of(tables["statistics_combined"])
        if (row["statistic"], row["language"]) == ("growth", "all") and row["decision"].startswith("no clear")
    }
    assert {claim.statement.series for claim in nothing} == unclear - {"unassigned"} != set()
    assert all("shows no clear change" in claim.sentences["en"] and claim.robust is None and not claim.variants for claim in nothing)
    assert not any(claim.statement.series == "unassigned" for claim in claims)


def test_claims_carry_their_cells(claims: Claims, tables: dict[str, str]) -> None:
    told = Tables(tables)
    for claim in claims:
        assert any(cell.column == "share" for cell in claim.statement.cells)
        for cell in claim.statement.cells:
            assert told.by_key(cell.file)[cell.key][cell.column] == cell.value
    water = one(claims, "growth", "water")
    assert len([cell for cell in water.statement.cells if cell.file == "trends_combined"]) == 40


def test_topics_are_named_by_model_and_words(claims: Claims) -> None:
    assert one(claims, "growth", "0", "lda").sentences["en"].startswith("Topic 0 of LDA (first words) rises")
    assert one(claims, "growth", "0", "lda").sentences["vi"].startswith("Chủ đề 0 của LDA (first words) tăng")
    assert one(claims, "growth", "water", language="vi").sentences["en"].startswith("Water en [vi] rises")


def test_tiny_p_values_are_no_zeros_and_few_periods_are_named(claims: Claims, tables: dict[str, str]) -> None:
    small = changed(tables, "statistics_combined", {"series": "water", "language": "all", "statistic": "growth"}, q="3.2e-07")
    assert "q < 0.001" in growth_of(small).sentences["en"]
    words = {"decision": "rises (few periods: read with care)"}
    few = changed(tables, "statistics_combined", {"series": "water", "language": "all", "statistic": "growth"}, **words)
    claim = growth_of(few)
    assert "Few periods: read with care." in claim.sentences["en"]
    assert "Ít kỳ: nên đọc thận trọng." in claim.sentences["vi"]


def test_tables_hold_every_claim_its_cells_and_its_variants(claims: Claims) -> None:
    made = dict(claim_tables(claims))
    listed = {name: rows_of(text) for name, text in made.items()}
    assert [tuple(rows[0]) for rows in listed.values()] == [CLAIMS, CELLS, ROBUSTNESS]
    assert len(listed["claims.csv"]) == len(claims) == len({row["claim"] for row in listed["claims.csv"]})
    assert len(listed["claim_cells.csv"]) == sum(len(claim.statement.cells) for claim in claims)
    assert len(listed["robustness.csv"]) == sum(len(claim.variants) for claim in claims)
    for row, claim in zip(listed["claims.csv"], claims, strict=True):
        assert (row["sentence_en"], row["robust"]) == (claim.sentences["en"], {True: "true", False: "false", None: ""}[claim.robust])
    assert dict(claim_tables(claims)) == made


def test_only_tables_that_claims_read_are_asked_for(tables: dict[str, str], claims: Claims) -> None:
    others = ("documents", "trends_terms", "statistics_guided_lda", "document_themes", "seasons_lda", "quality")
    assert not any(map(reads, others))
    kept = {name: text for name, text in tables.items() if reads(name)}
    assert dict(claim_tables(make_claims(kept, SETTING))) == dict(claim_tables(claims))


def test_the_report_opens_with_the_best_of_each_series(claims: Claims) -> None:
    shown = strongest(claims)
    assert len(shown) == min(SHOWN, sum(claim.fact == claim.name and bool(claim.statement.sign) and not claim.mixed for claim in claims))
    assert all(claim.statement.sign for claim in shown)
    series = [(claim.statement.source, claim.statement.series) for claim in shown]
    robust = {(claim.statement.source, claim.statement.series) for claim in claims if claim.robust and claim.fact == claim.name}
    assert set(series[: len(robust)]) == robust, "each series that has a robust finding comes once before any comes twice"
    said = [claim.statement.statistic for claim in of_theme(claims, "fire")]
    assert said == ["growth", *["change_point"] * said.count("change_point"), *["burst"] * said.count("burst")]
    assert set(said) == set(IN_THEMES)


def overlapping(claims: Claims) -> Claim:
    """The growth of water over all articles, with the whole time as its window."""
    return replace(one(claims, "growth", "water"), name="first", variants=(), fact="first")


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"statistic": "burst", "start": "2021-05", "end": "2021-06"}, True),
        ({"language": "vi"}, True),
        ({"sign": -1}, False),
        ({"start": "2031-01", "end": "2031-05"}, False),
        ({"series": "fire"}, False),
        ({"source": "lda"}, False),
        ({"statistic": "lead"}, False),
    ],
)
def test_one_fact_is_one_claim(claims: Claims, change: dict[str, object], same: bool) -> None:
    first = overlapping(claims)
    other = replace(first, name="second", statement=replace(first.statement, **change))  # type: ignore[arg-type]
    assert facts([first, other], {}) == {"first": "first", "second": "first" if same else "second"}
    assert facts([other, first], {})["first"] == ("second" if same else "first")


def test_topics_that_match_tell_one_fact(claims: Claims) -> None:
    first = overlapping(claims)
    ours, theirs = (replace(first.statement, source=source, series=series) for source, series in (("lda", "3"), ("bertopic", "8")))
    listed = [replace(first, statement=ours), replace(first, name="second", statement=theirs)]
    matched = {("lda", "3"): ("bertopic", "8"), ("bertopic", "8"): ("lda", "3")}
    assert facts(listed, matched)["second"] == "first"
    assert facts(listed, {})["second"] == "second"


def test_what_may_be_a_change_of_sources_stands_for_no_other(claims: Claims) -> None:
    first = overlapping(claims)
    plain = Variant(Look("combined", "water", "articles", "month"), 1.0, agrees=True)
    mixed = replace(first, variants=(plain, Variant(Look("combined", "water", "fixed_mix", "month"), -1.0, agrees=False)))
    other = replace(first, name="second")
    assert facts([mixed, other], {}) == {"first": "second", "second": "second"}


def test_only_what_overlaps_with_the_strongest_is_behind_it(claims: Claims) -> None:
    """The second touches both others, which lie apart; it goes with the first alone."""
    first = overlapping(claims)
    times = {"first": ("2021-01", "2021-06"), "second": ("2021-06", "2021-12"), "third": ("2021-12", "2022-03")}
    listed = [replace(first, name=name, statement=replace(first.statement, start=a, end=b)) for name, (a, b) in times.items()]
    assert facts(listed, {}) == {"first": "first", "second": "first", "third": "third"}


def test_the_report_opens_with_one_claim_a_fact_and_loses_none(claims: Claims) -> None:
    shown = strongest(claims)
    assert all(claim.fact == claim.name for claim in shown)
    assert any(behind(claims, claim) for claim in shown)
    told = [claim for head in claims if head.fact == head.name for claim in (head, *behind(claims, head))]
    assert sorted(claim.name for claim in told) == sorted(claim.name for claim in claims)


def test_the_page_lists_the_others_under_the_strongest(claims: Claims) -> None:
    """The opening section of the report, from its own template."""
    say = Wording()
    told = tuple(
        replace(claim_summary(claim, say), others=tuple(claim_summary(other, say) for other in behind(claims, claim)))
        for claim in strongest(claims)
    )
    found = Changes(told, n_facts=42, n_findings=99, n_mixed=0, tested=True)
    source = '{% from "parts/macros.html.j2" import said with context %}{% include "parts/changes.html.j2" %}'
    page = environment().from_string(source).render(changes=found, say=say, figures={}, svg={}, folder="figures")
    assert any(claim.others for claim in told)
    assert f"The first {len(told)} of 42 findings." in page
    for claim in strongest(claims):
        item = page.split(f'id="claim-{claim.name}">')[1].split('id="claim-')[0]
        names = re.findall(r'data-claim="([^"]+)" lang="en"', item)
        assert names == [claim.name, *(other.name for other in behind(claims, claim))]
    shown = [claim for head in strongest(claims) for claim in (head, *behind(claims, head))]
    missing = {item.claim for item in check_page("index.html", page.replace(shown[-1].name, "lost"), "en", claims)}
    assert shown[-1].name in missing
    assert not missing & {claim.name for claim in shown[:-1]}


def test_an_empty_study_says_nothing() -> None:
    header = {name: text.split("\n", 1)[0] + "\n" for name, text in planted_headers().items()}
    assert make_claims(header, SETTING) == ()


def planted_headers() -> dict[str, str]:
    return {"trends_combined": "kind,series,language,period\n", "statistics_combined": "kind,series,language,statistic\n"}


def test_labels_are_said_as_they_are_whatever_they_hold(tables: dict[str, str]) -> None:
    named = changed(tables, "themes", {"theme": "water", "language": "en"}, label="'=1+1 <b>\n {{7}}")
    claim = growth_of(named)
    assert claim.sentences["en"].startswith("=1+1 <b>\n {{7}} rises")
    spans = "".join(f'<span data-claim="{claim.name}" lang="{code}">{html.escape(text)}</span>' for code, text in claim.sentences.items())
    assert all(list(check_page("index.html", spans, code, [claim])) == [] for code in LANGUAGES)
    quoted = changed(tables, "themes", {"theme": "water", "language": "en"}, label="'Tis water")
    assert growth_of(quoted).sentences["en"].startswith("'Tis water rises")


# --- whether it is robust -------------------------------------------------------------------------------------------------------------


def reprinted(tables: dict[str, str]) -> dict[str, str]:
    """The tables with one story that was told twice."""
    told = dict(tables)
    for source in ("combined", "lda", "bertopic"):
        rows = rows_of(tables[f"trends_{source}"])
        for row in rows:
            if row["period"] == "2021-01":
                row["n_stories"] = str(int(row["n_docs"]) - 1)
        told[f"trends_{source}"] = text_of(rows)
    return told


def test_a_claim_is_robust_where_both_models_and_nine_of_ten_looks_agree(tables: dict[str, str]) -> None:
    claim = growth_of(reprinted(tables))
    looks = {(item.look.source, item.look.weighting, item.look.unit) for item in claim.variants}
    sources, units = ("combined", "lda", "bertopic"), ("month", "quarter")
    assert looks == {(source, weighting, unit) for source in sources for weighting in ("articles", "stories") for unit in units}
    assert claim.robust
    assert claim.sentences["en"].endswith(
        "Robust: the same direction in BERTopic and LDA, and in 12 of 12 variants of weighting and period, all with one seed."
    )
    assert claim.sentences["vi"].endswith(
        "Vững: cùng chiều trong BERTopic và LDA, và trong 12/12 cách tính về trọng số và độ dài kỳ, đều với một hạt giống."
    )


def test_without_reprints_articles_and_stories_are_one_look(claims: Claims) -> None:
    claim = one(claims, "growth", "water")
    assert [item.look.weighting for item in claim.variants] == ["articles"] * 6
    assert claim.sentences["en"].endswith("in BERTopic and LDA, and in 6 of 6 variants of period, all with one seed.")
    lead = next(claim for claim in claims if claim.statement.statistic == "lead")
    assert [item.look.weighting for item in lead.variants] == ["articles"] * len(lead.variants)
    assert len(lead.variants) == 3


@pytest.mark.parametrize("statistic", ["growth", "change_parts"])
def test_a_claim_that_one_model_contradicts_says_so(claims: Claims, statistic: str) -> None:
    claim = one(claims, statistic, "split")
    assert claim.robust is False
    assert "it depends on the model (not in BERTopic)." in claim.sentences["en"]
    assert "phụ thuộc vào mô hình (không đúng trong BERTopic)." in claim.sentences["vi"]
    assert all(item.agrees == (item.look.source != "bertopic") for item in claim.variants)


def test_topics_are_looked_for_through_the_concordance(claims: Claims) -> None:
    matched, alone = one(claims, "growth", "0", "lda"), one(claims, "growth", "1", "lda")
    assert {(item.look.source, item.look.series) for item in matched.variants} == {("lda", "0"), ("bertopic", "1")}
    assert matched.robust
    assert not alone.robust
    assert alone.sentences["en"].endswith("it depends on the model (BERTopic has no such topic).")
    assert [math.isnan(item.value) for item in alone.variants if item.look.source == "bertopic"] == [True]


def test_the_concordance_may_be_of_any_two_models() -> None:
    text = "lda_topic,other_kind_topic,similarity\n3,0,0.9\n4,,\n,1,\n"
    found = Tables({"concordance": text}).counterparts
    assert found == {("lda", "3"): ("other_kind", "0"), ("other_kind", "0"): ("lda", "3")}
    assert Tables({"concordance": text.split("\n", maxsplit=1)[0] + "\n"}).counterparts == {}


def test_one_model_is_not_enough(tables: dict[str, str]) -> None:
    single = {name: text for name, text in tables.items() if not name.endswith("_bertopic")}
    claim = growth_of(single)
    assert claim.robust is False
    assert claim.n_agree == len(claim.variants)
    assert claim.sentences["en"].endswith("whether it is robust, 2 fitted models would tell.")
    assert claim.sentences["vi"].endswith("cần 2 mô hình mới biết có vững hay không.")


def falling(tables: dict[str, str], column: str, source: str) -> dict[str, str]:
    """The tables with one share of water turned round in time."""
    rows = rows_of(tables[f"trends_{source}"])
    own = [row for row in rows if (row["kind"], row["series"], row["language"]) == ("theme", "water", "all")]
    for row, value in zip(own, [row[column] for row in own][::-1], strict=True):
        row[column] = value
    return {**tables, f"trends_{source}": text_of(rows)}


@pytest.mark.parametrize(("left", "robust"), [(0.0, False), (0.3, False), (0.7, True), (1.0, True)])
def test_a_change_that_comes_with_a_change_of_sources_is_not_robust(tables: dict[str, str], left: float, robust: bool) -> None:
    """Where every source keeps its part, so much of the change (in log-odds) is left; half must be."""
    rows = rows_of(tables["trends_combined"])
    for row in rows:
        if (row["series"], row["language"]) == ("water", "all"):
            odds = left * (math.log(float(row["share"]) / (1 - float(row["share"]))) + 2.0) - 2.0
            row["fixed_mix_share"] = f"{1 / (1 + math.exp(-odds)):.6g}"
    claim = growth_of({**tables, "trends_combined": text_of(rows)})
    assert claim.robust is robust
    own = [item for item in claim.variants if item.look.source == "combined" and item.look.weighting == "fixed_mix"]
    assert (len(own) > 0) is (left < 1)
    said = "it depends on the weighting (not where every source keeps its part)"
    assert (said in claim.sentences["en"]) is not robust
    assert ("không đúng khi mỗi nguồn giữ nguyên tỉ lệ" in claim.sentences["vi"]) is not robust


def test_a_claim_that_hangs_on_the_weighting_says_so(tables: dict[str, str]) -> None:
    told = tables
    for source in ("combined", "lda", "bertopic"):
        told = falling(told, "stories_share", source)
    claim = growth_of(told)
    assert not claim.robust
    assert claim.n_agree == 6
    assert "it depends on the weighting (not with one vote a story)." in claim.sentences["en"]
    assert "vào trọng số (không đúng khi mỗi tin một phiếu)." in claim.sentences["vi"]


def fits(tables: dict[str, str], wrong: tuple[str, ...]) -> dict[str, str]:
    """Shares of five fits of each model; in some of them water falls."""
    told = dict(tables)
    for source in ("lda", "bertopic"):
        rows = []
        for fit in "01234":
            texts = falling(tables, "articles_share", source) if fit in wrong else tables
            for row in rows_of(texts[f"trends_{source}"]):
                names = ("kind", "series", "language", "period", "articles_share", "stories_share")
                kept = {name: row[name] for name in names}
                rows.append({**kept, "refit": fit, "stories_share": row["articles_share"]})
        told[f"trend_refits_{source}"] = text_of(rows)
    return told


def test_every_fit_is_a_look_and_a_claim_that_hangs_on_the_seed_says_so(tables: dict[str, str]) -> None:
    tables = reprinted(tables)
    claim = growth_of(fits(tables, ()))
    assert len(claim.variants) == 4 + 2 * 4 * 6
    assert claim.sentences["en"].endswith("in 52 of 52 variants of seed, weighting and period.")
    claim = growth_of(fits(tables, ("2", "4")))
    assert claim.n_agree == 52 - 2 * 2 * 4
    assert not claim.robust
    assert "on the seed (not in fit 2, not in fit 4)" in claim.sentences["en"]
    one_wrong = growth_of(fits(tables, ("3",)))
    assert one_wrong.n_agree == 44
    assert not one_wrong.robust, "44 of 52 is less than nine of ten"


@pytest.mark.parametrize(("change", "said"), [({"weighting": "stories"}, "of the stories"), ({}, "of the articles")])
def test_the_setting_is_heard(tables: dict[str, str], change: dict[str, str], said: str) -> None:
    setting = replace(SETTING, **change)  # type: ignore[arg-type]
    told = {name: text for name, text in tables.items() if stem_of(name) in ("", "trends") or name == "bursts_combined"}
    assert said in one(make_claims(told, setting), "burst", "spark").sentences["en"]


def test_spans_stand_in_the_sentence(tables: dict[str, str]) -> None:
    spans = (SETTING.spans or ())[::-1]
    told = {name: text for name, text in tables.items() if stem_of(name) in ("", "trends", "change_parts")}
    claim = one(make_claims(told, replace(SETTING, spans=spans)), "change_parts", "water")  # type: ignore[arg-type]
    assert "(2023-05-01 – 2024-04-30) to" in claim.sentences["en"]


# --- other looks ----------------------------------------------------------------------------------------------------------------------


def cell(period: str, share: float, n: int, *, complete: bool = True) -> TrendCell:
    both = (Share(share, 0, 1), Share(share / 2, 0, 1))
    return TrendCell("x", "all", period, n, n // 2, n / 2, share * n, share, 0, 1, complete, 1, float(n), float(n), *both)


def test_longer_periods_are_sums() -> None:
    months = [cell(f"2024-{month:02d}", 0.1 * month, 10 * month) for month in range(1, 9)]
    first, second, third = coarser(months, "quarter")
    assert first.period == "2024-Q1"
    assert (first.n_docs, first.n_stories, first.n_eff, first.n_info) == (60, 30, 30.0, 60.0)
    assert first.share == pytest.approx((0.1 * 10 + 0.2 * 20 + 0.3 * 30) / 60)
    assert (first.complete, second.complete, third.complete) == (True, True, False)
    (year,) = coarser(months, "year")
    assert not year.complete
    part = coarser([*months[:2], replace(months[2], complete=False)], "quarter")
    assert not part[0].complete


def test_a_week_belongs_where_its_thursday_lies_and_an_empty_period_stays_empty() -> None:
    weeks = [cell(f"2024-W{week:02d}", 0.2, 5) for week in range(1, 10)]
    january, february = coarser(weeks, "month")
    assert (january.n_docs, february.n_docs) == (4 * 5, 5 * 5)
    assert january.complete
    empty = TrendCell("x", "all", "2024-01", 0, 0, 0.0, 0.0, math.nan, math.nan, math.nan, True)
    assert math.isnan(coarser([empty], "quarter")[0].share)


def test_another_weighting_has_its_own_share_and_independent_stories() -> None:
    found = cell("2024-01", 0.4, 20)
    same, other = voted(found, "articles", "articles"), voted(found, "stories", "articles")
    assert (same.share, same.votes, same.n_eff, same.n_info) == (0.4, 20.0, 10.0, 20.0)
    assert (other.share, other.votes, other.n_eff, other.n_info) == (0.2, 10.0, 10.0, 20.0)
    assert voted(found, "articles", "articles", Share(0.7, 0.9)).share == 0.7
    assert voted(found, "stories", "articles", Share(0.7, 0.9)).share == 0.9


def test_no_longer_period_than_can_be_tested(tables: dict[str, str], claims: Claims) -> None:
    assert {item.look.unit for item in one(claims, "growth", "water").variants} == {"month", "quarter"}
    short = {name: last_months(text, 20) if name.startswith("trends_") else text for name, text in tables.items()}
    found = growth_of(short)
    assert {item.look.unit for item in found.variants} == {"month"}


def last_months(text: str, n: int) -> str:
    rows = rows_of(text)
    kept = sorted({row["period"] for row in rows})[-n:]
    return text_of(row for row in rows if row["period"] in kept)


def test_measures_follow_the_direction(claims: Claims) -> None:
    for claim in claims:
        own = [item for item in claim.variants if item.look.source == claim.statement.source and item.look.weighting == "articles"]
        assert not claim.variants or own[0].agrees, claim.name


def test_a_study_that_votes_by_stories_has_them_first() -> None:
    trends = TrendsConfig(weighting="stories", compare=CompareConfig(*(SETTING.spans or ())))  # type: ignore[misc]
    setting = replace(SETTING, weighting="stories")
    claim = growth_of(planted(trends=trends), setting)
    assert claim.variants[0].look.weighting == "stories"
    assert claim.robust


def test_the_chart_has_a_dot_for_each_look_that_could_be_taken(claims: Claims) -> None:
    found = one(claims, "growth", "1", "lda").variants
    looks = [(item.look, item.value, item.agrees) for item in found]
    chart = variant_chart([(look.source, look.weighting, look.unit, look.fit, value, agrees) for look, value, agrees in looks])
    drawn = max(chart.to_dict()["datasets"].values(), key=len)
    assert len(drawn) == 4
    assert {row["weighting"] for row in drawn} == {"articles", "fixed_mix"}
    assert all(row["agrees"] for row in drawn)


def test_small_shares_have_a_decimal() -> None:
    said = [percent(text, "en") for text in ("0", "0.008", "0.0994", "0.0996", "0.5", "1")]
    assert said == ["0%", "0.8%", "9.9%", "10%", "50%", "100%"]
    assert percent("0.013", "vi") == "1,3%"


def test_sentences_end_with_the_last_period_that_was_tested(tables: dict[str, str]) -> None:
    """An incomplete period at either end is no part of what is said."""
    cut = dict(tables)
    for name in [name for name in tables if name.startswith("trends_")]:
        cut = changed(cut, name, {"period": "2024-03"}, complete="false")
        cut = changed(cut, name, {"period": "2021-01"}, complete="false")
    before, after = growth_of(tables), growth_of(cut)
    assert (before.statement.start, before.statement.end) == ("2021-01", "2024-03")  # the last day is the 28th of April
    assert (after.statement.start, after.statement.end) == ("2021-02", "2024-02")
    assert "from 2021-02 to 2024-02" in after.sentences["en"]


def test_a_study_in_one_language_says_its_findings_once(tables: dict[str, str]) -> None:
    single = {}
    for name, text in tables.items():
        rows = rows_of(text)
        kept = [row for row in rows if name == "themes" or "vi" not in {row.get(key) for key in ("language", "left", "right")}]
        single[name] = text_of(kept) if kept else text.split("\n", 1)[0] + "\n"
    both = {claim.statement.language for claim in make_claims(tables, SETTING)}
    assert both == {"all", "en", "vi"}
    assert {claim.statement.language for claim in make_claims(single, SETTING)} == {"all"}


def test_growth_over_less_than_a_year_is_said_for_the_time_it_was_seen_in(tables: dict[str, str]) -> None:
    """An odds ratio a year of some weeks would be a number that nobody can read."""
    claim = growth_of(tables)
    row = {**claim.statement.row, "value": "400.0", "low": "100.0", "high": "900.0"}
    short = replace(claim.statement, row=row, start="2025-W01", end="2025-W27")
    words = Words("Water", "week", SETTING)
    years = 182 / 365.25
    said = kinds()["growth"].say(short, words, "en")
    assert f"odds ratio {400**years:.2f} over this time, 95 % interval {100**years:.2f} to {900**years:.2f}" in said
    assert "trong cả thời gian này" in kinds()["growth"].say(short, words, "vi")


def test_another_model_must_see_half_of_it(tables: dict[str, str]) -> None:
    """Water as half as steep in one model, then as a fifth: the first agrees, the second is said to be weaker."""
    rows = rows_of(tables["trends_combined"])
    own = {row["period"]: row for row in rows if (row["kind"], row["series"], row["language"]) == ("theme", "water", "all")}

    def flatter(part: float) -> Claim:
        made = tables
        for period, row in own.items():
            odds = [math.log(float(row[name]) / (1 - float(row[name]))) for name in ("articles_share", "stories_share")]
            shares = [f"{1 / (1 + math.exp(-(part * (value + 2) - 2))):.9f}" for value in odds]
            where = {"kind": "theme", "series": "water", "language": "all", "period": period}
            made = changed(made, "trends_lda", where, share=shares[0], low="0", high="1", articles_share=shares[0], stories_share=shares[1])
        return growth_of(made)

    assert flatter(0.8).robust
    weak = flatter(0.2)
    assert not weak.robust
    assert "less than half of it in LDA" in weak.sentences["en"]
    assert "chưa đến một nửa trong LDA" in weak.sentences["vi"]


def test_what_goes_with_a_change_of_sources_does_not_open_the_report(claims: Claims) -> None:
    """A source that joins late makes dozens of findings; they stand in the tables."""
    (first, *others) = [claim for claim in claims if claim.statement.sign]
    look = Look("combined", first.statement.series, "fixed_mix", "month")
    first = replace(first, fact=first.name)
    mixed = replace(first, variants=(*first.variants, Variant(look, -first.statement.sign, agrees=False)))
    assert (first.mixed, mixed.mixed) == (False, True)
    shown = strongest((mixed, *others))
    assert first.name not in {claim.name for claim in shown}
    assert first.name in {claim.name for claim in strongest((first, *others))}
    assert shown


def parts_of(tables: dict[str, str]) -> Claim:
    return next(c for c in make_claims(tables, SETTING) if (c.statement.statistic, c.statement.series) == ("change_parts", "water"))


def test_two_spans_are_never_called_robust(tables: dict[str, str]) -> None:
    claim = parts_of(tables)
    assert not claim.robust
    assert not claim.mixed
    assert "two spans are compared in one way alone" in claim.sentences["en"]
    assert "nên không gọi là vững" in claim.sentences["vi"]


def test_a_change_that_is_none_of_the_theme_itself_does_not_open_the_report(tables: dict[str, str]) -> None:
    """All of it is the mix of sources: the theme's own part is nothing."""
    where = {"kind": "theme", "series": "water"}
    total = next(row for row in rows_of(tables["change_parts_combined"]) if (row["series"], row["part"]) == ("water", "total"))
    mixed = changed(tables, "change_parts_combined", {**where, "part": "theme"}, value="0.000001")
    claim = parts_of(changed(mixed, "change_parts_combined", {**where, "part": "source_mix"}, value=total["value"]))
    assert claim.mixed
    assert claim.name not in {shown.name for shown in strongest([claim])}
    assert "not where every source keeps its part" in claim.sentences["en"]


def test_periods_without_articles_are_said() -> None:
    assert gaps((0, 12), "month", "en") == ""
    assert gaps((3, 12), "month", "en") == " No articles in 3 of the 12 months."
    assert gaps((1, 1), "month", "en") == " No articles in 1 of 1 month."
    assert gaps((3, 12), "week", "vi") == " Không có bài trong 3/12 tuần."


def test_a_few_periods_are_said_of_a_change_point_too(claims: Claims) -> None:
    found = next(claim.statement for claim in claims if claim.statement.statistic == "change_point")
    say = kinds()["change_point"].say
    assert "read with care" not in say(found, Words("Fire", "month", SETTING), "en")
    assert say(found, Words("Fire", "month", SETTING, few=True), "en").endswith("Few periods: read with care.")


def test_no_change_is_said_otherwise_where_the_interval_alone_shows_one(claims: Claims) -> None:
    found = next(claim.statement for claim in claims if claim.statement.statistic == "growth" and claim.statement.sign == 0)
    say = kinds()["growth"].say
    both = [replace(found, row={**found.row, "value": "2.5", "low": low, "high": "5.0"}) for low in ("0.9", "1.1")]
    assert [" shows no clear change " in say(each, Words("Fire", "month", SETTING), "en") for each in both] == [True, False]
    assert "clear among so many series tested" in say(both[1], Words("Fire", "month", SETTING), "en")


def test_a_model_that_does_not_agree_says_nothing_of_sources() -> None:
    def look(source: str, weighting: str, agrees: bool) -> Variant:
        return Variant(Look(source, "water", weighting, "month"), 1.0, agrees)  # type: ignore[arg-type]

    own = [look("combined", "articles", agrees=True), look("combined", "fixed_mix", agrees=True)]
    assert not goes_with_mix([*own, look("lda", "articles", agrees=False), look("lda", "fixed_mix", agrees=False)])
    assert goes_with_mix([*own, look("lda", "articles", agrees=True), look("lda", "fixed_mix", agrees=False)])


def test_another_model_needs_half_of_the_claim_with_sources_held_fixed_too(claims: Claims) -> None:
    n_asked = 0
    for claim in claims:
        sign, first = claim.statement.sign, claim.statement.source
        plain = {item.look.unit: item.value for item in reversed(claim.variants) if item.look.source == first and not item.look.fit}
        for item in claim.variants:
            if (
                item.look.source != first
                and item.look.weighting == "fixed_mix"
                and item.agrees
                and not kinds()[claim.statement.statistic].size
            ):
                assert item.value * sign > 0.5 * plain[item.look.unit] * sign
                n_asked += 1
    assert n_asked


def test_periods_of_a_lead_are_counted_once_for_both_sides(claims: Claims) -> None:
    first = claims[0].statement
    cells = [
        Cell("side_trends_lda.csv", f"topic|3|{side}|2024-0{month}", "share", "" if (side, month) == ("en", 2) else "0.1")
        for side in ("en", "vi")
        for month in (1, 2, 3)
    ]
    lead = replace(first, start="2024-01", end="2024-03", cells=tuple(cells))
    assert lead.empty_periods == (1, 3)
