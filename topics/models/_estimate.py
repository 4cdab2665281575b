"""What a fit of LDA finds."""

from __future__ import annotations

from dataclasses import dataclass

from topics.core.matrices import Float64


@dataclass(frozen=True, eq=False)
class Estimate:
    """Topics and their priors.

    Args:
        topic_counts: (n_topics, n_terms) pseudo-counts with their prior, gensim's lambda.
        alpha: (n_topics,) prior of topics in a document.
        eta: prior of terms in a topic, one number or (n_topics, n_terms).
        notes: sentences about the fit.
        settled: whether it had settled.
    """

    topic_counts: Float64
    alpha: Float64
    eta: float | Float64
    notes: tuple[str, ...] = ()
    settled: bool = True
