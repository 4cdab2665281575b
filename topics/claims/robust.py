"""Whether a claim holds whichever way one looks: by every model, with other votes, in longer periods, in other fits; or where not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from topics.claims.looks import looks, own_unit, places, seen
from topics.claims.phrases import PERIODS, counted
from topics.claims.reading import Tables, number, row_key
from topics.claims.records import ClaimKind, Language, Look, Setting, Statement, Variant, goes_with_mix
from topics.core.registry import discover

LEAST = 0.9  # of all looks must agree
MIN_MODELS = 2
HELD = 0.5  # of a change must be seen by other models, and be left where every source and language keeps its part
Factor = Literal["seed", "weighting", "period"]
Verdict = Literal["agrees", "weaker", "differs", "absent", "untold"]
FACTORS: dict[Factor, str] = {"seed": "fit", "weighting": "weighting", "period": "unit"}
NAMES: dict[Language, dict[Factor, str]] = {
    "en": {"seed": "seed", "weighting": "weighting", "period": "period"},
    "vi": {"seed": "hạt giống", "weighting": "trọng số", "period": "độ dài kỳ"},
}
VERDICTS: dict[Language, dict[Verdict, str]] = {
    "en": {
        "differs": "not in {}",
        "weaker": "less than half of it in {}",
        "absent": "{} has no such topic",
        "untold": "{} cannot tell",
    },
    "vi": {
        "differs": "không đúng trong {}",
        "weaker": "chưa đến một nửa trong {}",
        "absent": "{} không có chủ đề như vậy",
        "untold": "{} không cho biết được",
    },
}
VOTES: dict[Language, dict[str, str]] = {
    "en": {
        "articles": "not with one vote an article",
        "stories": "not with one vote a story",
        "fixed_mix": "not where every source keeps its part",
    },
    "vi": {
        "articles": "không đúng khi mỗi bài một phiếu",
        "stories": "không đúng khi mỗi tin một phiếu",
        "fixed_mix": "không đúng khi mỗi nguồn giữ nguyên tỉ lệ",
    },
}


@cache
def title(source: str) -> str:
    """Return the name of a model for people."""
    kind = discover("topics.models", "MODEL").get(source)
    return kind.title.split(" (")[0] if kind else source


def variants(tables: Tables, kind: ClaimKind, statement: Statement, setting: Setting) -> Iterator[Variant]:
    """Yield every look at a claim with what stands for its direction there; nan for a model that has no such topic.

    Other models agree where they see at least half of it, and so do sources that keep their parts; other looks by their direction.
    """
    unit, first = own_unit(tables), places(tables, statement)[0]
    if kind.measure is None:
        yield from _by_rows(tables, kind, statement, setting)
        return
    plain: dict[tuple[str, str], float] = {}
    for look in looks(tables, statement, setting, kind.curve):
        if kind.curve != "trends" and (look.unit != unit or look.fit or look.weighting == "fixed_mix"):
            continue  # sides have one fit and no fixed mix, and a lead of some months is none in quarters
        cells = seen(tables, statement, look, setting, kind.curve) if look.series else ()
        value = kind.measure(statement, cells, setting) if cells else math.nan
        own = plain.setdefault((look.source, look.unit), value)  # the first is by the study's votes
        if not math.isnan(value) or not look.series:
            of_own = own if look.weighting == "fixed_mix" else 0.0
            of_first = plain.get((first[0], look.unit), math.nan) if look.source != first[0] else 0.0
            yield _variant(statement, look, value, HELD * of_own, HELD * of_first)


def _by_rows(tables: Tables, kind: ClaimKind, statement: Statement, setting: Setting) -> Iterator[Variant]:
    """Yield what the same table says of each model, and what is left of it where sources, languages and reprints change nothing."""
    unit, own = own_unit(tables), math.nan
    for number_of, (source, series) in enumerate(places(tables, statement)):
        columns, rows = ("kind", "series", "part"), tables.by_key(f"{kind.table}_{source}")
        row = rows.get(row_key({**statement.row, "series": series}, columns), {})
        value = kind.size(row) if kind.size and row else math.nan
        own = own if number_of else value
        yield _variant(statement, Look(source, series, setting.weighting, unit), value, HELD * own if number_of else 0.0)
        theme = rows.get(row_key({**statement.row, "series": series, "part": "theme"}, columns), {})
        if not math.isnan(value) and number(row["value"]):
            left = value * number(theme.get("value", "")) / number(row["value"])
            yield _variant(statement, Look(source, series, "fixed_mix", unit), left, HELD * value, HELD * own if number_of else 0.0)


def _variant(statement: Statement, look: Look, value: float, *least: float) -> Variant:
    """A look that agrees where its value goes beyond each of those that are known."""
    bound = max((one * statement.sign for one in least if not math.isnan(one)), default=0.0)
    return Variant(look, value, value * statement.sign > max(bound, 0.0))


@dataclass(frozen=True)
class Holding:
    """How far a claim holds.

    Args:
        models: each model that was asked, and whether it agrees, sees less than half (`weaker`), differs, has no such topic (`absent`) or
            too little to test (`untold`).
        n_agree: looks that agree.
        n_looks: all that could be taken.
        tried: what was varied.
        weak: choices with which it holds in fewer than nine of ten looks, by the models that agree, while it does with another one.
        mixed: whether it is gone somewhere where every source and language keeps its part: then it may be a change of sources.
        spans: whether two spans alone are compared, which no other votes, periods or fits look at.
    """

    models: dict[str, Verdict]
    n_agree: int
    n_looks: int
    tried: tuple[Factor, ...]
    weak: dict[Factor, list[str]]
    mixed: bool
    spans: bool = False

    @property
    def robust(self) -> bool:
        """Whether every one of at least two models agrees, every look that holds the mix of sources fixed, and nine of ten of all looks."""
        agree = len(self.models) >= MIN_MODELS and set(self.models.values()) == {"agrees"}
        return agree and not self.mixed and not self.spans and self.n_agree >= LEAST * self.n_looks

    @property
    def lacks_models(self) -> bool:
        """Whether nothing speaks against it but that too few models were fitted."""
        enough = not self.mixed and set(self.models.values()) <= {"agrees"} and self.n_agree >= LEAST * self.n_looks
        return enough and len(self.models) < MIN_MODELS


def holding(tables: Tables, statement: Statement, found: Sequence[Variant], setting: Setting) -> Holding:
    """Return how far a claim holds in its variants."""
    plain: dict[str, Verdict] = {
        variant.look.source: _verdict(variant, statement)
        for variant in found
        if (variant.look.weighting, variant.look.unit, variant.look.fit) == (setting.weighting, own_unit(tables), "")
    }
    told = [variant for variant in found if not math.isnan(variant.value)]
    models: dict[str, Verdict] = {model: plain.get(model, "untold") for model in tables.models}
    agreed = [item for item in told if plain.get(item.look.source, "untold") == "agrees"]
    tried: list[Factor] = []
    weak: dict[Factor, list[str]] = {}
    for factor, name in FACTORS.items():
        levels = {level: [item.agrees for item in agreed if getattr(item.look, name) == level] for level in _levels(agreed, name)}
        if len(_levels(told, name)) > 1:
            tried.append(factor)
            fails = [level for level, agree in levels.items() if sum(agree) < LEAST * len(agree)]
            if fails and len(fails) < len(levels):
                weak[factor] = fails
    mixed = goes_with_mix(told)
    if any(item.look.weighting == "fixed_mix" and not item.agrees for item in agreed):
        weak["weighting"] = list(dict.fromkeys([*weak.get("weighting", []), "fixed_mix"]))
    return Holding(models, sum(item.agrees for item in told), len(told), tuple(tried), weak, mixed)


def _verdict(variant: Variant, statement: Statement) -> Verdict:
    if not variant.look.series:
        return "absent"
    if math.isnan(variant.value):
        return "untold"
    return "agrees" if variant.agrees else "weaker" if variant.value * statement.sign > 0 else "differs"


def _levels(told: Sequence[Variant], name: str) -> list[str]:
    """Choices of one factor in the order in which they were tried; the tables' own mean over fits is no fit, a fixed mix stands alone."""
    return list(dict.fromkeys(level for item in told if (level := str(getattr(item.look, name))) not in ("", "fixed_mix")))


SAID: dict[Language, dict[str, str]] = {
    "en": {
        "and": "and",
        "of": " of {}",
        "counted": "{n} of {all}{of}{alone}",
        "seed": ", all with one seed",
        "robust": "Robust: the same direction in {models}, and in {counted}.",
        "spans": "It holds in {counted}; two spans are compared in one way alone, so it is not called robust.",
        "models": "It holds in {counted}; whether it is robust, {least} fitted models would tell.",
        "not": "Not robust, it holds in {counted}: {reasons}.",
        "on": "on the {} ({})",
        "depends": "it depends {}",
        "none": "no single choice decides",
    },
    "vi": {
        "and": "và",
        "of": " về {}",
        "counted": "{n}/{all}{of}{alone}",
        "seed": ", đều với một hạt giống",
        "robust": "Vững: cùng chiều trong {models}, và trong {counted}.",
        "spans": "Đúng trong {counted}; hai khoảng thời gian chỉ được so sánh theo một cách, nên không gọi là vững.",
        "models": "Đúng trong {counted}; cần {least} mô hình mới biết có vững hay không.",
        "not": "Chưa vững, đúng trong {counted}: {reasons}.",
        "on": "vào {} ({})",
        "depends": "phụ thuộc {}",
        "none": "không do riêng một lựa chọn nào",
    },
}


def note(found: Holding, language: Language) -> str:
    """Return in words whether a claim is robust, or on what it depends."""
    words, joint = SAID[language], SAID[language]["and"]
    tried = [NAMES[language][factor] for factor in found.tried]
    of, alone = words["of"].format(_listed(tried, joint)) if tried else "", "" if "seed" in found.tried else words["seed"]
    looks = counted(found.n_looks, "variant") if language == "en" else f"{found.n_looks} cách tính"
    told_by = words["counted"].format(n=found.n_agree, all=looks, of=of, alone=alone)
    reasons = [words["on"].format(name, ", ".join(parts)) for name, parts in _reasons(found, language)]
    told = words["depends"].format(_listed(reasons, joint)) if reasons else words["none"]
    models = _listed([title(model) for model in found.models], joint)
    how = "robust" if found.robust else "spans" if replace(found, spans=False).robust else "models" if found.lacks_models else "not"
    return words[how].format(models=models, counted=told_by, least=MIN_MODELS, reasons=told)


def _listed(parts: Sequence[str], joint: str) -> str:
    return f"{', '.join(parts[:-1])} {joint} {parts[-1]}" if len(parts) > 1 else "".join(parts)


def _reasons(found: Holding, language: Language) -> Iterator[tuple[str, list[str]]]:
    """What a claim depends on, each with the choices that do not show it."""
    english = language == "en"
    against = [VERDICTS[language][verdict].format(title(model)) for model, verdict in found.models.items() if verdict != "agrees"]
    if len(found.models) < MIN_MODELS:
        against.append(f"{len(found.models)} fitted, {MIN_MODELS} are needed" if english else f"có {len(found.models)}, cần {MIN_MODELS}")
    if against:
        yield ("model" if english else "mô hình"), against
    for factor, levels in found.weak.items():
        if factor == "weighting":
            parts = [VOTES[language][level] for level in levels]
        elif factor == "period":
            units = [PERIODS[language][unit] for unit in PERIODS[language] if unit in levels]
            parts = [f"not by {unit}" if english else f"không đúng theo {unit}" for unit in units]
        else:
            parts = [f"not in fit {fit}" if english else f"không đúng ở lần khớp {fit}" for fit in levels]
        yield NAMES[language][factor], parts
