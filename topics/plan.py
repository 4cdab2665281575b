"""What a run would do: which stages it finds as they are, which it computes, and why. Nothing is computed or written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from topics.artifacts.manifest import FILE_NAME
from topics.artifacts.verify import verify
from topics.core.documents import Corpus
from topics.core.errors import DataError
from topics.ingest import store
from topics.keys import LABELS, Keys
from topics.models._seeds import derived
from topics.pipeline import Study, refit_folder, stale_artifacts
from topics.preprocessing.prepare import Preparation
from topics.stages import check_size, parts_key, prepares_themes, study_inputs

State = Literal["kept", "computed", "open", "left out", "removed"]
Parts = Mapping[str, str | None]
WORDS = {
    "code": "the installed release, its languages or libraries changed",
    "settings": "its settings changed",
    "files": "input files changed, came or went",
    "themes": "themes changed",
    "seed": "the seed changed",
    "embedding": "what makes the vectors changed",
    "corpus": "the corpus changed",
    "preparation": "the preparation changed",
    LABELS: "the label sheet changed",
    "study": "[study] changed, which is kept with the model; what was fitted stays if nothing else did",
}


@dataclass(frozen=True)
class Planned:
    """What would happen to a stage, and why: it is `kept` as it is, `computed`, `open` until an earlier stage is computed, `left out`
    because the corpus cannot carry it, or what is there of it is `removed`."""

    stage: str
    state: State
    why: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.stage}: {self.state}{' (' + '; '.join(self.why) + ')' if self.why else ''}"


def _compare(name: str, target: Path, parts: Parts) -> Planned:
    """Compare what a stage would be made from with what the artefact there was made from; None stands for what is not known yet."""
    if not (target / FILE_NAME).is_file():
        return Planned(name, "computed", ("not there yet",))
    try:
        before = verify(target).inputs
    except DataError as error:
        return Planned(name, "computed", (f"what is there is damaged: {error.where}",))
    if "code" not in before:  # made before parts were written down
        return Planned(name, "computed", (WORDS["code"],))
    known = {part: value for part, value in parts.items() if value is not None}
    changed = [part for part in sorted(known.keys() | (before.keys() & {LABELS})) if before.get(part) != known.get(part)]
    if {"code", "settings"} & set(changed):
        changed = [part for part in changed if part != "files"]  # their keys hold both
    if changed:
        return Planned(name, "computed", tuple(WORDS[part] for part in changed))
    if len(known) < len(parts):
        first = next(part for part in parts if parts[part] is None)
        return Planned(name, "open", (f"kept if the {first} comes out as before",))
    return Planned(name, "kept")


class _Plan:
    """The stages of a study, looked at in their order."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.keys = Keys(study.file, parts_key())
        self.corpus: Corpus | None = None
        self.preparation: str | None = None  # its key

    def stages(self) -> Iterator[Planned]:
        """Yield every stage that a run would go through, and the models that it would leave out or remove."""
        yield self._read()
        fitted = [name for name in self.study.file.models if not self._refused(name)]
        if fitted or self._themes_need_preparation():
            yield self._prepared()
        yield self._themed()
        for name in self.study.file.models:
            why = self._refused(name)
            yield Planned(name, "left out", (why,)) if why else self._model(name)
            if not why:
                yield from self._refits(name)
        for path in stale_artifacts(self.study, fitted):
            yield Planned(path.name, "removed", ("this study makes none",))
        yield Planned("report", "computed", ("tables, figures and report are always made",))

    @property
    def _fingerprint(self) -> str | None:
        return self.corpus.fingerprint if self.corpus is not None else None

    def _look(self, name: str, parts: Parts) -> Planned:
        return _compare(name, self.study.artifacts / name, parts)

    def _read(self) -> Planned:
        _, inputs = study_inputs(self.study.file)
        found = self._look("corpus", self.keys.corpus(inputs))
        if found.state == "kept":
            self.corpus = store.load(self.study.artifacts / "corpus")
        return found

    def _prepared(self) -> Planned:
        found = self._look("preparation", {**self.keys.preparation(""), "corpus": self._fingerprint})
        if found.state == "kept":
            folder = self.keys.embedding.folder
            self.preparation = Preparation.load(self.study.artifacts / "preparation", folder).key
        return found

    def _themes_need_preparation(self) -> bool:
        return prepares_themes(self.study.themes, self.corpus) if self.corpus is not None else bool(self.study.themes)

    def _themed(self) -> Planned:
        preparation = self.preparation if self._themes_need_preparation() else ""
        parts = {**self.keys.themes("", ""), "corpus": self._fingerprint, "preparation": preparation}
        return self._look("themes", {**parts, **self.keys.labels()})

    def _refused(self, name: str) -> str:
        """Why a corpus that is known cannot carry a model; empty where it can, or is not known."""
        try:
            if self.corpus is not None:
                check_size(self.study.file, name, self.corpus)
        except DataError as error:
            return error.what
        return ""

    def _model(self, name: str) -> Planned:
        return self._look(name, {**self._model_parts(name, self.study.seed), **self.keys.beside_fit()})

    def _model_parts(self, name: str, seed: int) -> dict[str, str | None]:
        return {**self.keys.model(name, "", "", seed), "corpus": self._fingerprint, "preparation": self.preparation}

    def _refits(self, name: str) -> Iterable[Planned]:
        for number in range(1, self.study.config.trends.refits + 1):
            yield self._look(refit_folder(name, number), self._model_parts(name, derived(self.study.seed, "refit", number)))


def plan(study: Study) -> tuple[Planned, ...]:
    """Return what a run of a study would do with each stage, in their order.

    Raises:
        UsageError: a source or a folder of a model is not there.
    """
    return tuple(_Plan(study).stages())


def plan_text(stages: Iterable[Planned]) -> str:
    """Return a plan as lines of text."""
    return "\n".join([*map(str, stages), "Nothing was computed or written."])
