"""Whether a consensus of several fits is better than a single one at the proposed number of topics, in sentences."""

from __future__ import annotations

import numpy as np

from topics.quality.proposal import Criterion, Proposal, criterion
from topics.quality.sweep import Measures

SINGLE = 1


def compare(proposal: Proposal, single: Measures, several: Measures) -> Proposal:
    """Return the proposal with what the measures say of a consensus; it is proposed only where it is better.

    Better means: its topics come back, over seeds and over resamples, beyond the 95th percentile of shuffled documents; it is as good as a
    single fit in prediction, in coherence and in how its topics come back from other documents, and better in one of them, by one standard
    error of the paired difference. Coming back from other seeds is shown but does not decide: a study has one seed, and a single fit
    that starts from a factorisation hardly depends on it.

    Args:
        proposal: of a number of topics.
        single: measures of single fits at that number.
        several: the same of a consensus, from the same seeds and folds.
    """
    size = several.consensus
    said = _figures(single, several)
    if not (several.over_seeds.is_real and several.over_resamples.is_real):
        verdict, chosen = "A single fit is proposed: the topics of the consensus do not come back more than by chance.", SINGLE
    else:
        items = (
            criterion("held-out prediction", {SINGLE: single.log_likelihood, size: several.log_likelihood}),
            criterion("coherence (NPMI)", {SINGLE: single.npmi, size: several.npmi}),
            criterion("stability over resamples", {SINGLE: single.over_resamples.pairs, size: several.over_resamples.pairs}),
        )
        verdict, chosen = _verdict(items, size)
    price = _price(single, several) if chosen == size else ()
    return Proposal(proposal.n_topics, (*proposal.sentences, said, verdict, *price), chosen)


def _figures(single: Measures, several: Measures) -> str:
    pairs = (
        ("perplexity", f"{several.perplexity:,.1f}", f"{single.perplexity:,.1f}"),
        ("NPMI", f"{np.mean(several.npmi):.3f}", f"{np.mean(single.npmi):.3f}"),
        ("diversity", f"{np.mean(several.diversity):.3f}", f"{np.mean(single.diversity):.3f}"),
        ("stability over seeds", f"{several.over_seeds.value:.3f}", f"{single.over_seeds.value:.3f}"),
        ("stability over resamples", f"{several.over_resamples.value:.3f}", f"{single.over_resamples.value:.3f}"),
    )
    told = ", ".join(f"{name} {value} for {before}" for name, value, before in pairs)
    return f"A consensus of {several.consensus} fits at {single.n_topics} topics, beside a single fit: {told}."


def _price(single: Measures, several: Measures) -> tuple[str, ...]:
    """What a consensus that is proposed gives up: it need not come back as a single fit from a factorisation does."""
    pairs = (
        ("diversity", float(np.mean(several.diversity)), float(np.mean(single.diversity))),
        ("stability over seeds", several.over_seeds.value, single.over_seeds.value),
        ("stability over resamples", several.over_resamples.value, single.over_resamples.value),
    )
    lower = [f"{name} ({value:.3f} for {before:.3f})" for name, value, before in pairs if round(value, 3) < round(before, 3)]
    return (f"It is lower in {', '.join(lower)}: weigh that against the gain.",) if lower else ()


def _verdict(items: tuple[Criterion, ...], size: int) -> tuple[str, int]:
    worse = [item.name for item in items if size not in item.good]
    better = [item.name for item in items if SINGLE not in item.good]
    if worse:
        return f"A single fit is proposed: the consensus is worse in {' and '.join(worse)} by more than one standard error.", SINGLE
    if not better:
        return "A single fit is proposed: the consensus is better in none of them by more than one standard error.", SINGLE
    how = f"better in {' and '.join(better)} by more than one standard error" + (
        ", as good in the rest" if len(better) < len(items) else ""
    )
    return f"consensus = {size} is proposed: it is {how}. It takes {size} fits in place of one.", size
