"""What changed: the findings, how far each holds, the parts of a change, and topics that come and go."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from topics.claims.reading import Row, number
from topics.claims.records import Claim
from topics.claims.select import behind, strongest
from topics.report.material import Material
from topics.report.sections.values import Grid
from topics.report.told import told
from topics.report.wording import Wording
from topics.theming import COMBINED
from topics.trends.aggregate import ALL

SIGNALS = 20
CLAIMS = 40  # in the table of how far findings hold


@dataclass(frozen=True, slots=True)
class ClaimSummary:
    """A claim: its name, its sentence, where in the report its series is shown, the table of its own row, and those that tell the same."""

    name: str
    sentence: str
    anchor: str
    shown: str
    table: str
    others: tuple[ClaimSummary, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """The facts at the top of the report; how many there are, how many findings, and how many of these go with a change of sources;
    and whether anything was tested at all."""

    claims: tuple[ClaimSummary, ...]
    n_facts: int
    n_findings: int
    n_mixed: int
    tested: bool


def claim_summary(claim: Claim, say: Wording) -> ClaimSummary:
    """Return a claim as a page says it."""
    said, language = claim.statement, say.language
    topical = said.kind == "topic"
    anchor, shown = (said.source, say("changes.topics")) if topical else (f"theme-{said.series}", say("changes.articles"))
    return ClaimSummary(claim.name, claim.sentences[language], anchor, shown, f"tables/{said.cells[0].file}.csv")


def changes(material: Material) -> Changes:
    """Return the strongest findings, robust ones first."""
    claims, say = material.claims, material.say
    listed = tuple(
        replace(claim_summary(claim, say), others=tuple(claim_summary(other, say) for other in behind(claims, claim)))
        for claim in strongest(claims)
    )
    findings = [claim for claim in claims if claim.statement.sign]
    n_facts = sum(not claim.mixed and claim.fact == claim.name for claim in findings)
    return Changes(listed, n_facts, len(findings), sum(claim.mixed for claim in findings), bool(claims))


def robustness_grid(material: Material) -> Grid:
    """Return each finding with what other models see of it, and how many looks at it agree."""
    say = material.say
    rows = [_hold(claim, material) for claim in material.claims if claim.statement.sign][:CLAIMS]
    head = (say("robustness.claim"), say("robustness.models"), say("robustness.variants"), say("robustness.verdict"))
    return Grid(head, tuple(rows))


def _hold(claim: Claim, material: Material) -> tuple[str, ...]:
    say, said = material.say, claim.statement
    models = list(dict.fromkeys(item.look.source for item in claim.variants if item.look.source != said.source))
    seen = [f"{material.title(name)} {_agree(claim, name)}" for name in models if name in material.study.fitted]
    verdict = "mixed" if claim.mixed else "robust" if claim.robust else "fragile"
    told = sum(not math.isnan(item.value) for item in claim.variants)
    sentence = _short(claim.sentences[say.language])
    return sentence, ", ".join(seen) or say("robustness.without_models"), f"{claim.n_agree}/{told}", say(f"robustness.{verdict}")


def _agree(claim: Claim, model: str) -> str:
    own = [item for item in claim.variants if item.look.source == model and not math.isnan(item.value)]
    return f"{sum(item.agrees for item in own)}/{len(own)}"


def _short(sentence: str) -> str:
    """The first sentence alone: what is claimed, without how it holds."""
    return sentence.partition(". ")[0].rstrip(".") + "."


def parts_grid(material: Material) -> Grid | None:
    """Return the parts of the change of each theme between the two spans of the study; None where it compares none."""
    say = material.say
    rows = [row for row in material.tables.rows(f"change_parts_{COMBINED}") if row["kind"] == "theme"]
    if not rows:
        return None
    head = (say("parts.column_series"), say("parts.column_part"), say("parts.column_points"), say("parts.column_interval"), "q", "")
    return Grid(head, tuple(_part(row, material) for row in rows))


def _part(row: Row, material: Material) -> tuple[str, ...]:
    say = material.say
    points, low, high = (say.decimal(100 * number(row[name]), 1) for name in ("value", "low", "high"))
    q = say.decimal(number(row["q"]), 3) if row["q"] else ""
    name = material.themes.get(row["series"], row["series"])
    part, decision = (told(say, words).text for words in (row["part"].replace("_", " "), row["decision"]))
    return name, part, points, f"{low} – {high}", q, decision


def signals_grid(material: Material) -> tuple[Grid, int]:
    """Return topics that grow or fade beyond chance or look like weak signals, the strongest first, and how many there are."""
    say = material.say
    found = sorted((row for name in material.study.fitted for row in _signals(material, name)), key=lambda item: item[0])
    head = (say("signals.column_topic"), say("signals.column_model"), say("signals.column_growth"), "q", say("signals.column_found"))
    return Grid(head, tuple(cells for _, cells in found[:SIGNALS])), len(found)


def topics_tested(material: Material) -> bool:
    """Return whether the course of any topic could be tested."""
    tables = (material.study.statistics(name) for name in material.study.fitted)
    return any(not math.isnan(row.p) for table in tables for row in table.rows)


def _signals(material: Material, model: str) -> Iterator[tuple[tuple[float, str], tuple[str, ...]]]:
    say, labels = material.say, material.topic_titles(model, 60)
    growth = {row.series: row for row in material.study.statistics(model).rows if (row.statistic, row.language) == ("growth", ALL)}
    weak = {row["series"]: row for row in material.tables.rows(f"emergence_{model}") if (row["kind"], row["language"]) == ("topic", ALL)}
    for series, row in growth.items():
        early = weak.get(series)
        signal = early is not None and number(early["q"]) <= 0.05
        if series not in labels or not (signal or row.q <= 0.05):
            continue
        decision = row.decision if row.q <= 0.05 else early["decision"] if early else ""
        ratio = "" if math.isnan(row.value) else f"{say.decimal(row.value)} ({say.decimal(row.low)} – {say.decimal(row.high)})"
        q = min(value for value in (row.q, number(early["q"]) if early else math.nan) if not math.isnan(value))
        yield (q, f"{model}|{series}"), (labels[series], material.title(model), ratio, say.decimal(q, 3), told(say, decision).text)
