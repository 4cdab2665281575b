"""Ids and names of topics that outlive a fit: inside a model topics stand from 0, outside they keep the ids of an earlier artefact."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec

from topics.artifacts.manifest import read_manifest
from topics.core.codecs import read_json, write_json
from topics.core.errors import require
from topics.quality.lineage import Lineage

NAME = "topic_ids.json"
PREVIOUS = "previous"  # in the manifest: the key of the earlier artefact


class TopicIds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Topics of a model as they are known outside.

    Args:
        ids: of each topic, by its place in the model; an id is given once and never again.
        names: of each topic.
        following: the id that the next new topic gets.
    """

    ids: tuple[int, ...]
    names: tuple[str, ...]
    following: int


def read_ids(directory: Path, labels: Sequence[str]) -> TopicIds:
    """Return what an artefact says of the ids of its topics; one that follows no other numbers them from 0 and names them by their labels.

    Args:
        directory: of the artefact.
        labels: of its topics.
    """
    if not (directory / NAME).is_file():
        return TopicIds(tuple(range(len(labels))), tuple(labels), len(labels))
    found = read_json(directory / NAME, TopicIds)
    require(len(found.ids) == len(found.names) == len(labels), "ids and topics differ in number", where=NAME)
    require(len(set(found.ids)) == len(found.ids), "an id stands twice", where=NAME)
    require(all(0 <= one < found.following for one in found.ids), "an id is not below the next one", where=NAME)
    return found


def table_names(name: str) -> tuple[str, str]:
    """Return the names of the files that hold the events and the seam of a model."""
    return f"topic_events_{name}.csv", f"topic_seam_{name}.csv"


def keep_carried(name: str, earlier: Path, directory: Path) -> dict[str, str]:
    """Copy what ties an artefact to an earlier one into the directory that takes its place; return that of its inputs.

    Args:
        name: of the model.
        earlier: the artefact as it is.
        directory: what takes its place; of the same fit.
    """
    for file in (NAME, *table_names(name)):
        if (earlier / file).is_file():
            shutil.copyfile(earlier / file, directory / file)
    inputs = read_manifest(earlier).inputs
    return {PREVIOUS: inputs[PREVIOUS]} if PREVIOUS in inputs else {}


def write_ids(directory: Path, ids: TopicIds) -> None:
    """Write the ids into the directory of an artefact."""
    write_json(directory / NAME, ids)


def carry_ids(previous: TopicIds, found: Lineage, labels: Sequence[str]) -> TopicIds:
    """Return ids and names of a new fit: those of the topics that it kept, and new ids after all earlier ones.

    Args:
        previous: of the earlier artefact.
        found: how its topics hang together with the new ones.
        labels: of the new topics.
    """
    place_of = {new: old for old, new in found.kept.items()}
    following, ids, names = previous.following, [], []
    for topic, label in enumerate(labels):
        old = place_of.get(topic)
        ids.append(following if old is None else previous.ids[old])
        names.append(label if old is None else previous.names[old])
        following += old is None
    return TopicIds(tuple(ids), tuple(names), following)
