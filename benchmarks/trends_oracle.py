"""What can be found at all: tests that are told the autocorrelation and the deviation of the noise, as no real one is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.stats import norm

from topics.core.matrices import Float64
from topics.core.series import TrendCell
from topics.trends.observations import observe
from topics.trends.regression import added, regress

LEVEL = 0.05
FALSE = (0.05, 0.07)


def called_trend(cells: tuple[TrendCell, ...], rho: float, deviation: float) -> bool:
    """Whether generalised least squares under the noise that was planted calls a series a trend at 5 %."""
    seen = observe(cells)
    design = np.column_stack([np.ones(len(seen)), seen.years - seen.years.mean()])
    noise = np.array([[rho, deviation]])
    slope = regress((seen.shares * seen.n)[None], seen.n[None], seen.steps, design[None], noise).column(1)
    return bool(2 * norm.sf(abs(slope.mean[0] / slope.scales[0, 0])) < LEVEL)


@dataclass
class StepOracle:
    """One step at most, the strongest under the noise that was planted; called where it exceeds what 5 or 7 % of flat series reach."""

    rho: float
    deviation: float
    flat: list[float] = field(default_factory=list)
    stepped: list[tuple[float, int]] = field(default_factory=list)

    def add(self, cells: Sequence[TrendCell], *, step: bool) -> None:
        """Look for the strongest step of a series."""
        share, n = (np.array([[getattr(cell, name) for cell in cells]]) for name in ("share", "n_eff"))
        order, design = np.arange(len(cells)), np.ones((1, len(cells), 1))
        fit = regress(share * n, n, order, design, np.array([[self.rho, self.deviation]]))
        columns: Float64 = (order[:, None] >= order[None, 2:-1]).astype(np.float64)
        strength = np.abs(added(fit, order, design, columns))[0]
        if step:
            self.stepped.append((float(strength.max()), int(strength.argmax()) + 2))
        else:
            self.flat.append(float(strength.max()))

    def rows(self, at: int, margin: int) -> list[dict[str, str | float]]:
        """F1 for a step at a place."""
        found: list[dict[str, str | float]] = []
        for part in FALSE:
            bar = float(np.quantile(self.flat, 1 - part))
            named = [place for strength, place in self.stepped if strength > bar]
            hit = sum(abs(place - at) <= margin for place in named)
            f1 = 2 * hit / max(1, len(named) + len(self.stepped))
            found.append({"tool": f"oracle at {part:.0%}", "any_false": part, "f1": f1, "coverage": "", "width": ""})
        return found
