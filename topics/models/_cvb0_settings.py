"""What a fit of CVB0 is told, and the state in which it can be left and taken up again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from topics.core.codecs import read_arrays, write_arrays
from topics.core.errors import DataError, UsageError
from topics.core.matrices import Float32, Float64

MAX_STORED = 2 << 30  # bytes of responsibilities; above it none are kept


@dataclass(frozen=True)
class Settings:
    """What a fit needs.

    Args:
        n_topics: number of topics.
        passes: most sweeps.
        tolerance: stop when the perplexity of tokens given all others falls by less than this share within 10 sweeps.
        alpha: document prior, of all topics alike or (n_topics,); None learns one for each.
        eta: topic prior, of all terms alike or (n_topics, n_terms), where 0 keeps a term out of a topic; None learns one number.
        seed: of the start.
        max_stored: most bytes of responsibilities; above it none are kept.
    """

    n_topics: int
    passes: int
    tolerance: float
    alpha: float | Float64 | None
    eta: float | Float64 | None
    seed: int
    max_stored: int = MAX_STORED


@dataclass(frozen=True, eq=False)
class State:
    """All that the next sweep depends on, besides counts and settings.

    Args:
        gamma: (n_pairs, n_lanes) responsibilities; no rows where none are kept.
        docs: (n_docs, n_lanes) topic masses with their prior.
        terms: (n_terms, n_lanes) topic masses with their prior.
        totals: (n_lanes,) sums of `terms`.
        alpha: (n_topics,) document prior.
        eta: one number, where it is one.
        perplexities: (n_sweeps,) of tokens given all others.
    """

    gamma: Float32
    docs: Float32
    terms: Float32
    totals: Float32
    alpha: Float64
    eta: Float64
    perplexities: Float64

    def save(self, path: Path) -> None:
        """Write it into a file."""
        write_arrays(path, vars(self))

    @staticmethod
    def load(path: Path) -> State:
        """Read what `save` wrote."""
        arrays = read_arrays(path, tuple(sorted(State.__dataclass_fields__)))
        gamma, docs, terms, totals = (arrays[name].astype(np.float32) for name in ("gamma", "docs", "terms", "totals"))
        alpha, eta, perplexities = (arrays[name].astype(np.float64) for name in ("alpha", "eta", "perplexities"))
        return State(gamma, docs, terms, totals, alpha, eta.reshape(()) if eta.size == 1 else eta, perplexities)


def _check_prior(name: str, value: float | Float64 | None, shape: tuple[int, ...], least: float) -> None:
    where = f"models.lda.{name}"
    if value is None:
        return
    found = np.asarray(value, dtype=np.float64)
    if found.ndim and found.shape != shape:
        raise UsageError(f"{name} has the shape {found.shape}; one number or {shape} is wanted.", where=where)
    bad = found[~(np.isfinite(found) & (found >= least))]
    if bad.size:
        raise UsageError(f"{name} holds {bad.flat[0]}; every entry must be finite and at least {least:g}.", where=where)


def check(counts: sparse.csr_array, settings: Settings) -> None:
    """Raise where counts or settings are not legal."""
    n_docs, n_terms = counts.shape
    if counts.nnz == 0:
        raise DataError(f"no document of {n_docs} holds a term.", where="models.lda", hint="Loosen the filters of [preprocessing].")
    if not (np.isfinite(counts.data).all() and (counts.data >= 0).all() and (counts.data == np.rint(counts.data)).all()):
        raise DataError("counts must be whole numbers of at least 0.", where="models.lda")
    if settings.n_topics < 2:
        raise UsageError(f"topics is {settings.n_topics}; at least 2 are wanted.", where="models.lda.topics")
    _check_prior("alpha", settings.alpha, (settings.n_topics,), 1e-12)
    _check_prior("eta", settings.eta, (settings.n_topics, n_terms), 1e-12 if isinstance(settings.eta, float) else 0.0)
    if settings.eta is not None and np.ndim(settings.eta):
        nowhere = np.flatnonzero(np.asarray(settings.eta).sum(axis=0) <= 0)
        if nowhere.size:
            raise UsageError(f"eta is 0 in every topic for the term in column {nowhere[0]}.", where="models.lda.eta")
