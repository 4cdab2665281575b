"""What a fit is told, what it may be told, and the perplexity that it watches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import sparse

from topics.core.errors import DataError, UsageError
from topics.core.hashing import digest
from topics.core.matrices import Float64
from topics.models._cvb0_blocks import content_order, padded
from topics.models._state import Origin

MAX_STORED = 2 << 30  # bytes of responsibilities; above it none are kept
MAX_COUNT = 2**31 - 1
MAX_PRIOR = 1e12  # the masses are of single precision, their sums must stay far below its largest number
_BLOCK = 1 << 12  # documents hashed at a time: bounds memory


@dataclass(frozen=True)
class Settings:
    """What a fit needs.

    Args:
        n_topics: number of topics.
        passes: most sweeps.
        tolerance: stop when the perplexity of tokens given all others falls by less than this share within 10 sweeps, after 40 sweeps at
            least; below 0, never.
        alpha: document prior, of all topics alike or (n_topics,); None learns one for each.
        eta: topic prior, of all terms alike or (n_topics, n_terms), where 0 keeps a term out of a topic; None learns one number.
        seed: of the start.
        max_stored: most bytes of responsibilities; above it none are kept.
        start: "nmf" (see `_nmf_start.py`) or "random"; where `eta` is a matrix, it is drawn by that.
        samples: sweeps of Gibbs sampling that are averaged after CVB0 has settled (see `_gibbs.py`); 0 leaves it at that.
        topics: (n_topics, n_terms) probabilities to start from, in place of `start`.
    """

    n_topics: int
    passes: int
    tolerance: float
    alpha: float | Float64 | None
    eta: float | Float64 | None
    seed: int
    max_stored: int = MAX_STORED
    start: Literal["nmf", "random"] = "random"
    samples: int = 0
    topics: Float64 | None = None

    def stores(self, n_pairs: int) -> bool:
        """Whether the responsibilities of so many pairs are kept."""
        return n_pairs * padded(self.n_topics) * 4 <= self.max_stored


def _described(value: object) -> str:
    if value is None:
        return "learned"
    array = np.asarray(value)
    if not array.ndim:
        return str(value)
    return f"{array.shape} with sha256 {digest([np.ascontiguousarray(array, dtype=np.float64).tobytes()])[:16]}"


def origin(counts: sparse.csr_array, settings: Settings) -> Origin:
    """Return which fit a state of counts (n_docs, n_terms) and settings belongs to; rows sorted, no zeros stored."""
    order = content_order(counts)

    def parts() -> Iterator[bytes]:
        for begin in range(0, order.size, _BLOCK):
            rows = counts[order[begin : begin + _BLOCK]]
            yield from (rows.indptr.astype(np.int64).tobytes(), rows.indices.tobytes(), rows.data.tobytes())

    named = {name: _described(getattr(settings, name)) for name in ("n_topics", "alpha", "eta", "seed", "start")}
    if settings.topics is not None:
        named["the topics to start from"] = _described(settings.topics)
    named["responsibilities"] = "kept" if settings.stores(counts.nnz) else "not kept"
    return Origin(digest(parts()), (*counts.shape, int(counts.data.sum(dtype=np.int64))), named)


def perplexity(logs: Float64, lengths: Float64, alpha: Float64, number: int) -> float:
    """Return the perplexity of tokens given all others.

    Args:
        logs: (n_rounds, n_parts) sums over tokens of the log of the update's norm.
        lengths: (n_docs,) tokens.
        alpha: (n_topics,) document prior.
        number: of the sweep.

    Raises:
        DataError: a mass is no number any more; the message names sweep and partition.
    """
    bad = np.flatnonzero(~np.isfinite(logs))  # the first: in later rounds it has spread
    if bad.size:
        what = f"the topic masses are no numbers any more after sweep {number}, partition {bad[0] % logs.shape[1] + 1} of {logs.shape[1]}."
        raise DataError(what, where="models.lda", hint="Check alpha and eta, and the counts.")
    whole = np.maximum(lengths - 1, 0) + alpha.sum()
    return float(np.exp(((lengths * np.log(whole)).sum() - logs.sum()) / lengths.sum()))


def _check_prior(name: str, value: float | Float64 | None, shape: tuple[int, ...], least: float) -> None:
    where = f"models.lda.{name}"
    if value is None:
        return
    try:
        found = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"{name} is {value!r}; one number or an array of the shape {shape} is wanted.",
            where=where,
            hint="Leave it out to have it learned.",
        ) from error
    if found.ndim and found.shape != shape:
        raise UsageError(
            f"{name} has the shape {found.shape}; one number or {shape} is wanted.", where=where, hint="Leave it out to have it learned."
        )
    bad = found[~((found >= least) & (found <= MAX_PRIOR))]
    if bad.size:
        raise UsageError(
            f"{name} holds {bad.flat[0]}; every entry must be a number from {least:g} to {MAX_PRIOR:g}.",
            where=where,
            hint="0.01 to 1 is usual.",
        )


def check_whole(name: str, value: object, least: int) -> None:
    """Raise `UsageError` unless a value is a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise UsageError(f"{name} is {value!r}.", where=f"models.lda.{name}", hint=f"Give a whole number of at least {least}.")


def _check_numbers(settings: Settings) -> None:
    for name, value, least in (
        ("topics", settings.n_topics, 2),
        ("passes", settings.passes, 1),
        ("seed", settings.seed, 0),
        ("samples", settings.samples, 0),
        ("max_stored", settings.max_stored, 0),
    ):
        check_whole(name, value, least)
    if not np.isfinite(settings.tolerance):
        raise UsageError(f"tolerance is {settings.tolerance}.", where="models.lda.tolerance", hint="Give a finite number, such as 0.0003.")
    if settings.start not in ("nmf", "random"):
        raise UsageError(f"there is no start {settings.start!r}.", where="models.lda.start", hint='There are "nmf" and "random".')


def _check_matrices(settings: Settings, shape: tuple[int, int]) -> None:
    """Every term has a topic, every topic a term."""
    eta = np.ones((1, 1)) if settings.eta is None else np.atleast_2d(settings.eta)
    nowhere, nothing = np.flatnonzero(eta.sum(axis=0) <= 0), np.flatnonzero(eta.sum(axis=1) <= 0)
    if nowhere.size:
        raise UsageError(
            f"eta is 0 in every topic for the term in column {nowhere[0]}.", where="models.lda.eta", hint="Allow each term at least one."
        )
    if nothing.size:
        raise UsageError(f"eta is 0 for every term of topic {nothing[0]}.", where="models.lda.eta", hint="Allow each topic at least one.")
    if settings.topics is None:
        return
    where = "models.lda.topics"
    if np.shape(settings.topics) != shape or not (np.isfinite(settings.topics).all() and (settings.topics >= 0).all()):
        what = f"the topics to start from have the shape {np.shape(settings.topics)}, or hold negative or infinite numbers."
        raise UsageError(what, where=where, hint=f"Give {shape} of finite numbers of at least 0.")
    lost = np.flatnonzero((settings.topics * (eta > 0)).sum(axis=0) <= 0)
    if lost.size:
        raise UsageError(
            f"the topics to start from leave no topic to the term in column {lost[0]}.", where=where, hint="Give it a part of one."
        )


def as_counts(counts: object) -> sparse.csr_array:
    """Return counts (n_docs, n_terms) in any form as a CSR matrix of int32 of their own: rows sorted, no zeros stored.

    Raises:
        DataError: no matrix of whole numbers from 0 to 2^31 - 1, or no count in it.
    """
    given: Any = counts if sparse.issparse(counts) else np.asarray(counts)
    shape, kind = given.shape, given.dtype
    if len(shape) != 2 or kind.kind not in "biuf":
        what = f"counts are of shape {shape} and type {kind}."
        raise DataError(what, where="models.lda", hint="Give a matrix (n_docs, n_terms) of whole numbers.")
    found = sparse.csr_array(given)
    whole = kind.kind != "f" or bool(np.isfinite(found.data).all() and (found.data == np.rint(found.data)).all())
    if not whole or (found.nnz and found.data.min() < 0):
        raise DataError("counts hold a fraction or a number below 0.", where="models.lda", hint="Give whole numbers of at least 0.")
    if found.nnz and found.data.max() > MAX_COUNT:
        what = f"a count is {found.data.max()}, allowed are 0 to {MAX_COUNT}."
        raise DataError(what, where="models.lda", hint="Count fewer documents as one.")
    arrays = (found.data.astype(np.int32), found.indices.astype(np.int32), found.indptr.copy())
    own = sparse.csr_array(arrays, shape=shape)
    own.sum_duplicates()
    own.eliminate_zeros()
    if own.nnz == 0:
        raise DataError(f"no document of {shape[0]} holds a term.", where="models.lda", hint="Loosen the filters of [preprocessing].")
    return own


def check(settings: Settings, n_terms: int) -> None:
    """Raise `UsageError` where settings are not legal for so many terms; the message names setting, value and what is allowed."""
    _check_numbers(settings)
    _check_prior("alpha", settings.alpha, (settings.n_topics,), 1e-12)
    _check_prior("eta", settings.eta, (settings.n_topics, n_terms), 0.0 if np.ndim(settings.eta) else 1e-12)  # type: ignore[arg-type]
    _check_matrices(settings, (settings.n_topics, n_terms))
