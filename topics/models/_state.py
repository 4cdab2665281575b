"""The state in which a fit can be left and taken up again, and which fit it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from topics.core.codecs import read_about, read_arrays, write_arrays
from topics.core.errors import DataError
from topics.core.hashing import canonical_json
from topics.core.matrices import Float32, Float64

Int32 = npt.NDArray[np.int32]


class Origin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which fit a state belongs to: all that its bytes depend on, but not for how long it goes on.

    Args:
        counts: sha256 of the counts, documents in the order of their content.
        size: documents, terms, tokens.
        settings: each setting by its name; arrays by their shape and sha256.
    """

    counts: str
    size: tuple[int, int, int]
    settings: dict[str, str]

    def check(self, wanted: Origin) -> None:
        """Raise `DataError` that says what differs, where this is not the origin of the fit that is to go on."""
        names = sorted(self.settings.keys() | wanted.settings.keys())
        values = [(name, self.settings.get(name, "not there"), wanted.settings.get(name, "not there")) for name in names]
        differ = [f"{name} was {before}, is {now}" for name, before, now in values if before != now]
        if self.size != wanted.size:
            sizes = zip(("documents", "terms", "tokens"), self.size, wanted.size, strict=True)
            differ += [f"there were {before} {name}, are {now}" for name, before, now in sizes if before != now]
        elif self.counts != wanted.counts:
            differ.append("the counts are others, of as many documents, terms and tokens")
        if differ:
            hint = "Give the counts and settings of the fit that was interrupted, or start anew."
            raise DataError(f"the saved state is of another fit: {'; '.join(differ)}.", where="models.lda.state", hint=hint)


def _none() -> Int32:
    return np.empty(0, dtype=np.int32)


def _nothing() -> Float64:
    return np.empty((0, 0))


_ARRAYS = ("alpha", "docs", "eta", "gamma", "perplexities", "priors", "sums", "terms", "topics", "totals")


@dataclass(frozen=True, eq=False)
class State:
    """All that the next sweep depends on, besides counts and settings. Once sampling has begun, the first four are empty.

    Args:
        gamma: (n_pairs, n_lanes) responsibilities; no rows where none are kept.
        docs: (n_docs, n_lanes) topic masses with their prior.
        terms: (n_terms, n_lanes) topic masses with their prior.
        totals: (n_lanes,) sums of `terms`.
        alpha: (n_topics,) document prior.
        eta: one number, where it is one.
        perplexities: (n_sweeps,) of tokens given all others.
        topics: (n_tokens,) topic of each token, while sampling.
        sums: (n_terms, n_lanes) sums of sampled masses.
        priors: (n_samples, n_topics) document prior after each sampled sweep.
        origin: the fit that it is of; None only inside of that fit.
    """

    gamma: Float32
    docs: Float32
    terms: Float32
    totals: Float32
    alpha: Float64
    eta: Float64
    perplexities: Float64
    topics: Int32 = field(default_factory=_none)
    sums: Float64 = field(default_factory=_nothing)
    priors: Float64 = field(default_factory=_nothing)
    origin: Origin | None = None

    def save(self, path: Path) -> None:
        """Write it into a file."""
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        about = canonical_json(self.origin).decode() if self.origin else ""
        write_arrays(path, {**arrays, "topics": self.topics.astype(np.float32)}, about)  # numbers far below 2^24

    @staticmethod
    def load(path: Path) -> State:
        """Read what `save` wrote.

        Raises:
            DataError: missing, damaged, or no state of a fit.
        """
        arrays = read_arrays(path, _ARRAYS)
        gamma, docs, terms, totals = (arrays[name].astype(np.float32) for name in ("gamma", "docs", "terms", "totals"))
        alpha, eta, perplexities, sums, priors = (
            arrays[name].astype(np.float64) for name in ("alpha", "eta", "perplexities", "sums", "priors")
        )
        eta = eta.reshape(()) if eta.size == 1 else eta
        try:
            origin = msgspec.json.decode(read_about(path), type=Origin)
        except (msgspec.DecodeError, RecursionError) as error:
            raise DataError("it does not say which fit it is of.", where=str(path), hint="Start anew.") from error
        return State(gamma, docs, terms, totals, alpha, eta, perplexities, arrays["topics"].astype(np.int32), sums, priors, origin)


class Interrupted(KeyboardInterrupt):
    """An interrupt between two sweeps; a fit of the same counts and settings goes on from `state`."""

    def __init__(self, number: int, state: State) -> None:
        super().__init__(f"interrupted after sweep {number}")
        self.state = state
