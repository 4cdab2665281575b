"""All statistics of all series, with false discoveries held down over each family."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from topics.core.contracts import Statistic, Verdict
from topics.core.series import StatisticRow, StatisticTable, TrendSeries


def statistic_table(series: TrendSeries, statistics: Mapping[str, Statistic]) -> StatisticTable:
    """Return one row a (series, language, statistic).

    Q-values (Benjamini and Hochberg 1995; beside them those of Benjamini and Yekutieli 2001, which hold however series depend on each
    other) over the series of a language and statistic.
    """
    rows: list[StatisticRow] = []
    for language in dict.fromkeys(cell.language for cell in series.cells):
        for name in sorted(statistics):
            statistic, labels = statistics[name], series.names(language)
            cells = [series.of(label, language) for label in labels]
            values = statistic.together(cells) if statistic.together else [statistic.compute(each) for each in cells]
            rows += _with_q(
                [
                    StatisticRow(label, language, name, value.value, value.low, value.high, value.p, math.nan, value.decision)
                    for label, value in zip(labels, values, strict=True)
                ],
                statistic.verdict,
            )
    return StatisticTable(series.kind, series.source, tuple(rows))


def _with_q(family: list[StatisticRow], verdict_of: Verdict | None) -> list[StatisticRow]:
    from scipy.stats import false_discovery_control

    tested = [number for number, row in enumerate(family) if not math.isnan(row.p)]
    if not tested:
        return family
    p = [family[number].p for number in tested]
    q, q_by = (false_discovery_control(p, method=method) for method in ("bh", "by"))
    for number, value, any_dependence in zip(tested, q, q_by, strict=True):
        row = family[number]
        verdict = verdict_of(row.value, float(value)) if verdict_of else ""
        family[number] = replace(
            row, q=float(value), q_by=float(any_dependence), decision=f"{verdict} ({row.decision})" if verdict else row.decision
        )
    return family
