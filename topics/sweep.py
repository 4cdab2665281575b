"""How many topics? A model of a study at several numbers of topics: table, figure and a proposal in sentences."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from topics.artifacts.manifest import Provenance, make_manifest, write_manifest
from topics.artifacts.store import STAGE, check_replaceable
from topics.core.codecs import read_json, write_json
from topics.core.errors import DataError, UsageError
from topics.core.hashing import canonical_json, digest
from topics.core.registry import discover
from topics.pipeline import Study
from topics.progress import stage
from topics.quality.ensemble import compare
from topics.quality.proposal import Proposal, propose
from topics.quality.sweep import Measures, Plan, measure
from topics.stages import check_size, parts_key
from topics.tables import Cell, render_csv
from topics.viz.style import Chart, svg
from topics.viz.sweep_chart import Panel, sweep_chart

MAX_NUMBERS = 100
MAX_FITS = 1000
NAME = "number_of_topics"
COLUMNS = (
    "model", "n_topics", "consensus", "proposed", "perplexity", "perplexity_se", "npmi", "npmi_se", "c_v", "c_v_se", "diversity",
    "diversity_se", "stability_seeds", "stability_seeds_null", "stability_resamples", "stability_resamples_null",
)  # fmt: skip


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Measures with the key of what they depend on and a hash of themselves."""

    key: str
    check: str
    measures: Measures


@dataclass(frozen=True)
class Sweep:
    """What was measured at each number of topics, the smallest first, what is proposed, and a consensus at that number if it was tried."""

    model: str
    measures: tuple[Measures, ...]
    proposal: Proposal
    several: Measures | None = None

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Yield one row a number of topics, and one for the consensus, in the columns of `COLUMNS`.

        `_se` is the standard error of the mean over fits. These are fits to one corpus, many of the same documents and from one
        factorisation: it tells fits apart and says less than all of how another corpus would differ.
        """
        found = [*self.measures, *([self.several] if self.several else [])]
        for item in sorted(found, key=lambda one: (one.n_topics, one.consensus)):
            spread = [_error(runs) for runs in (item.log_likelihood, item.npmi, item.c_v, item.diversity)]
            means = [float(np.mean(runs)) for runs in (item.npmi, item.c_v, item.diversity)]
            coherent = [value for pair in zip(means, spread[1:], strict=True) for value in pair]
            seeds, resamples = item.over_seeds, item.over_resamples
            head = (self.model, item.n_topics, item.consensus, self._is_proposed(item), item.perplexity, item.perplexity * spread[0])
            yield (*head, *coherent, seeds.value, seeds.null, resamples.value, resamples.null)

    def _is_proposed(self, item: Measures) -> bool:
        return item.n_topics == self.proposal.n_topics and (self.several is None or item.consensus == self.proposal.consensus)

    def chart(self) -> Chart:
        """Return the figure: one panel a measure, a dot a fit, diamonds for the consensus."""
        panels = (
            self._panel("Held-out perplexity (less is better)", lambda item: tuple(np.exp(-np.array(item.log_likelihood)))),
            self._panel("Coherence, NPMI", lambda item: item.npmi),
            self._panel("Coherence, C_v", lambda item: item.c_v),
            self._panel("Diversity of top words", lambda item: item.diversity),
            self._panel("Stability over seeds", lambda item: item.over_seeds.pairs, lambda item: item.over_seeds.null),
            self._panel("Stability over resamples", lambda item: item.over_resamples.pairs, lambda item: item.over_resamples.null),
        )
        return sweep_chart(panels, self.proposal.n_topics)

    def _panel(self, title: str, runs: Callable[[Measures], Sequence[float]], null: Callable[[Measures], float] | None = None) -> Panel:
        nulls = {item.n_topics: null(item) for item in self.measures} if null else {}
        consensus = {self.several.n_topics: runs(self.several)} if self.several else {}
        return Panel(title, {item.n_topics: runs(item) for item in self.measures}, nulls, consensus)


def _error(runs: Sequence[float]) -> float:
    return float(np.std(runs, ddof=1) / np.sqrt(len(runs)))


def parse_numbers(text: str) -> tuple[int, ...]:
    """Return the numbers of topics that `10:60:10` (first, last, step) or `10,20,40` means, in order.

    Raises:
        UsageError: neither of the two, below 2, or more than 100 numbers.
    """
    where, hint = f"--topics {text}", "Write first:last:step, such as 10:60:10, or single numbers, such as 10,20,40."
    try:
        parts = [int(part) for part in text.replace(",", ":").split(":")]
    except ValueError as error:
        raise UsageError("these are no whole numbers.", where=where, hint=hint) from error
    ranged = ":" in text
    if ranged and ("," in text or len(parts) != 3 or parts[2] < 1 or parts[1] < parts[0]):
        raise UsageError("this is no range.", where=where, hint=hint)
    numbers = range(parts[0], parts[1] + 1, parts[2]) if ranged else sorted(set(parts))
    if numbers[0] < 2:
        raise UsageError(f"topics is {numbers[0]}, allowed is 2 or more.", where=where, hint=hint)
    if len(numbers) > MAX_NUMBERS:
        raise UsageError(f"these are {len(numbers)} numbers, allowed are {MAX_NUMBERS}.", where=where, hint=hint)
    return tuple(numbers)


def make_plan(seeds: int, folds: int, seed: int) -> Plan:
    """Return a checked plan.

    Raises:
        UsageError: fewer than two or more than 1,000 seeds or folds.
    """
    for option, value in (("--seeds", seeds), ("--resamples", folds)):
        if not 2 <= value <= MAX_FITS:
            raise UsageError(f"this is {value}, allowed are 2 to {MAX_FITS}.", where=option, hint="Fits are compared in pairs.")
    return Plan(seeds, folds, seed)


def with_topics(study: Study, name: str, n_topics: int) -> Study:
    """Return the study with another number of topics for a model.

    Raises:
        UsageError: the study has no such model, or the model finds the number itself.
    """
    changed = _config(study, name, n_topics)
    return Study(replace(study.file, models={**study.file.models, name: changed}), study.out, study.engine)


def _config(study: Study, name: str, n_topics: int) -> msgspec.Struct:
    """The settings of a model with another number of topics."""
    study.check_model(name)
    config = study.file.models[name]
    if not any(field.name == "topics" and isinstance(field.default, int) for field in msgspec.structs.fields(config)):
        raise UsageError(f"{name} finds the number of topics itself.", where="--topics", hint="Leave --topics out, or choose lda.")
    try:
        changed: msgspec.Struct = msgspec.convert({**msgspec.to_builtins(config), "topics": n_topics}, type(config))
    except msgspec.ValidationError as error:
        raise UsageError(f"{error}.", where=f"--topics {n_topics}", hint="Choose another number.") from error
    return changed


def sweep_topics(study: Study, numbers: Sequence[int], *, model: str = "lda", plan: Plan | None = None, out: Path | None = None) -> Sweep:
    """Fit a model of a study at several numbers of topics, measure each, and propose one; nothing is chosen and no model is kept.

    Args:
        study: an open study; its own settings hold for everything but the number of topics.
        numbers: of topics.
        model: its name in the study.
        plan: how many fits from other seeds, and on how many parts of the documents; None is 5 of each from the study's seed. At the
            proposed number they are made again as a consensus of 5 fits each, unless the study asks for one itself: that takes 5 times
            what the number took.
        out: folder for table, figure and proposal; what is measured there already is not measured again.

    Raises:
        UsageError: fewer than two numbers, a model that finds the number itself, or a folder that holds something else.
        DataError: too few documents for the largest number.
    """
    plan = plan or Plan(seed=study.seed)
    ordered = sorted(set(numbers))
    if len(ordered) < 2:
        raise UsageError("name at least two numbers of topics to compare.", where="--topics", hint="For example 10:60:10.")
    configs = {number: _config(study, model, number) for number in ordered}
    if out is not None:
        check_replaceable(out)
    check_size(study.file, model, study.corpus)
    _check_room(study, model, ordered[-1], plan)
    found = tuple(_measured(study, model, config, plan, out) for config in configs.values())
    sweep = _with_consensus(Sweep(model, found, propose(found)), study, plan, out)
    if out is not None:
        _write(sweep, study, plan, out)
    return sweep


def _with_consensus(sweep: Sweep, study: Study, plan: Plan, out: Path | None) -> Sweep:
    """The sweep with a consensus at the proposed number beside it, where the model has one and the study leaves it open."""
    proposed = sweep.proposal.n_topics
    config: Any = _config(study, sweep.model, proposed) if proposed else None
    if plan.consensus == 1 or getattr(config, "consensus", None) != 1:
        return sweep
    several = _measured(study, sweep.model, msgspec.structs.replace(config, consensus=plan.consensus), plan, out)
    single = next(item for item in sweep.measures if item.n_topics == proposed)
    return replace(sweep, several=several, proposal=compare(sweep.proposal, single, several))


def _check_room(study: Study, model: str, largest: int, plan: Plan) -> None:
    n_stories, least = len(study.training_rows), discover("topics.models", "MODEL")[model].min_docs
    seen = n_stories - -(-n_stories // plan.folds)
    left = f"{seen} distinct articles are left when 1 of {plan.folds} parts is held out"
    if seen < least:
        raise DataError(f"{left}, {model} needs at least {least}.", where="--resamples", hint="More parts hold out fewer at a time.")
    if largest > seen:
        what = f"topics is {largest}; {left}, allowed are 2 to {seen}."
        raise DataError(what, where="--topics", hint="Choose smaller numbers.")


def _measured(study: Study, name: str, config: Any, plan: Plan, out: Path | None) -> Measures:  # noqa: ANN401 - each model has its own
    """Measures of one number of topics, made or found again."""
    kind: Any = discover("topics.models", "MODEL")[name]
    size = getattr(config, "consensus", 1)
    settings = canonical_json((config, msgspec.structs.replace(plan, consensus=size), study.themes))
    key = digest([parts_key(), name, settings, study.preparation.key, study.corpus.fingerprint])
    path = out / "measures" / f"{config.topics:04d}{'_consensus' * (size > 1)}.json" if out else None
    kept = _kept(path, key) if path else None
    if kept:
        return kept
    n_fits, each = plan.seeds + plan.folds, f", each a consensus of {size}" if size > 1 else ""
    stage("%s with %d topics: %d fits%s", kind.title, config.topics, n_fits, each)
    begun = time.monotonic()
    measures = measure(study.prepared, lambda prepared, seed: kind.fit(prepared, config, study.themes, seed), config.topics, plan)
    found = msgspec.structs.replace(measures, consensus=size)
    stage("%s with %d topics took %.0f s", kind.title, config.topics, time.monotonic() - begun)
    if out and path:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.tmp")
        write_json(aside, _Kept(key, _check(found), found))
        aside.replace(path)
        _seal(study, plan, out)
    return found


def _check(found: Measures) -> str:
    return digest([canonical_json(found)])


def _kept(path: Path, key: str) -> Measures | None:
    """What an earlier sweep measured under this key; None where there is nothing, or it is damaged."""
    try:
        kept = read_json(path, _Kept)
    except DataError:
        return None
    return kept.measures if kept.key == key and kept.check == _check(kept.measures) else None


def _seal(study: Study, plan: Plan, out: Path) -> None:
    """Write the manifest of what is there, so that a stopped sweep goes on in its own folder."""
    origin = Provenance(plan, plan.seed, {STAGE: NAME, "corpus": study.corpus.fingerprint, "preparation": study.preparation.key})
    write_manifest(out, make_manifest(out, NAME, origin))


def _write(sweep: Sweep, study: Study, plan: Plan, out: Path) -> None:
    texts = {
        f"{NAME}.csv": render_csv(COLUMNS, sweep.rows()),
        f"{NAME}.svg": svg(sweep.chart()) + "\n",
        "proposal.txt": "\n".join(sweep.proposal.sentences) + "\n",
    }
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8", newline="\n")
    _seal(study, plan, out)
