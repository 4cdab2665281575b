"""Topics that join to broader ones and fall into finer ones: the nodes of a binary tree, or of one for each language."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class TopicNode(msgspec.Struct, frozen=True):
    """A node of the hierarchy.

    Args:
        node: its number; leaves first, a node after its children.
        children: the two nodes that it joins, none for a leaf.
        gain: what joining them adds to modularity; 0 for a leaf.
        topic: the topic that it is or is part of, -1 above the topics.
        n_docs: training documents nearest to its clusters, one of each story.
        terms: its ten strongest terms by c-TF-IDF against all other clustered documents.
    """

    node: int
    children: tuple[int, ...]
    gain: float
    topic: int
    n_docs: int
    terms: tuple[str, ...]


def topics_below(nodes: Sequence[TopicNode]) -> tuple[tuple[int, ...], ...]:
    """Return for each node the topics that it holds, or of which it is a part, in order of their numbers."""
    found: list[tuple[int, ...]] = []
    for node in nodes:
        below = {topic for child in node.children for topic in found[child]} if node.topic < 0 else {node.topic}
        found.append(tuple(sorted(below)))
    return tuple(found)
