"""What each stage of a study is made from, by name: together the key under which its artefact is found again, one by one why it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from topics.config import StudyFile
from topics.core.hashing import canonical_json, digest
from topics.core.registry import discover
from topics.ingest.inputs import SourceInput
from topics.preprocessing.embedding import EmbeddingConfig, PlacedEmbedding
from topics.preprocessing.terms import segmenter_of
from topics.themes.labelled import design_path

LABELS = "labels"
Parts = Mapping[str, str]


def needs_vectors(file: StudyFile) -> bool:
    """Whether a model of the study reads vectors."""
    kinds = discover("topics.models", "MODEL")
    return any("embeddings" in kinds[name].needs for name in file.models)


def reading_settings(file: StudyFile) -> dict[str, object]:
    """What of a study the corpus depends on, besides the files."""
    config = file.config
    return {"timezone": config.study.timezone, "as_of": config.study.as_of, "dates": config.dates, "sources": config.sources}


@dataclass(frozen=True)
class Keys:
    """Names what the stages of a study are made from.

    Args:
        file: the study.
        code: names the installed release, languages and libraries.
    """

    file: StudyFile
    code: str

    def corpus(self, inputs: Sequence[SourceInput]) -> dict[str, str]:
        """Of the corpus. The keys of files hold code and settings too, so they say something of files alone where those are the same."""
        files = [key for source in inputs for _, key in source.files] + [" ".join(item) for source in inputs for item in source.left_out]
        return {"code": self.code, "settings": _named(reading_settings(self.file)), "files": digest(files)}

    def preparation(self, corpus: str) -> dict[str, str]:
        """Of the preparation of a corpus, by its fingerprint."""
        config, embedding = self.file.config.preprocessing, self.embedding
        segmenter = segmenter_of(config.segmenter)
        return {
            **self._common(),
            "settings": _named((config, segmenter.name, segmenter.version())),
            "embedding": _named((embedding.config, embedding.input_key())),
            "corpus": corpus,
        }

    def themes(self, corpus: str, preparation: str) -> dict[str, str]:
        """Of the scorers of themes: the corpus by its fingerprint, the preparation by its key, empty without one."""
        return {**self._common(), "corpus": corpus, "preparation": preparation}

    def model(self, name: str, corpus: str, preparation: str, seed: int) -> dict[str, str]:
        """Of a model from one seed."""
        needs = "embeddings" in discover("topics.models", "MODEL")[name].needs
        return {
            **self._common(),
            "settings": _named((name, self.file.models[name])),
            "embedding": self.embedding.input_key() if needs else "",
            "corpus": corpus,
            "preparation": preparation,
            "seed": str(seed),
        }

    def labels(self) -> dict[str, str]:
        """Of decisions by the study's label sheet, where it has one; what is fitted does not depend on it."""
        sheet = self.file.labels
        return {LABELS: digest([sheet.read_bytes(), design_path(sheet).read_bytes()])} if sheet else {}

    def beside_fit(self) -> dict[str, str]:
        """Of what a model's artefact holds besides what was fitted: decisions by labels, and `[study]`, which new documents are read by."""
        return {**self.labels(), "study": _named(self.file.config.study)}

    @property
    def embedding(self) -> PlacedEmbedding:
        """Where vectors come from; a study that needs none opens no folder for them."""
        config = self.file.config.embedding
        return PlacedEmbedding(EmbeddingConfig() if config.folder and not needs_vectors(self.file) else config, (self.file.base,))

    def _common(self) -> dict[str, str]:
        config = self.file.config
        return {"code": self.code, "themes": _named(config.themes), "seed": str(config.study.seed)}


def key_of_parts(parts: Parts) -> str:
    """Return the key of a stage that is made from these parts."""
    return digest([canonical_json(dict(parts))])


def _named(value: object) -> str:
    return digest([canonical_json(value)])
