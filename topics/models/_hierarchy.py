"""The merges behind the topics, with words: from HDBSCAN's clusters, finer than the topics, to one node for each language."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from scipy import sparse

from topics.core.hierarchy import TopicNode
from topics.core.matrices import Float64
from topics.models._clusters import Proposals
from topics.models._ctfidf import class_counts, ctfidf

N_TERMS = 10


def hierarchy(proposals: Proposals, topic_of: Sequence[int], counts: sparse.csr_array, terms: Sequence[str]) -> tuple[TopicNode, ...]:
    """Return all nodes, leaves first, then the joined ones tree by tree.

    Args:
        proposals: clusters and merges.
        topic_of: (n_leaves,) topic of each cluster.
        counts: (n_docs, n_terms) of the clustered documents, in their order.
        terms: the vocabulary.
    """
    n_leaves = proposals.n_leaves
    sizes = np.bincount(proposals.leaves[proposals.leaves >= 0], minlength=n_leaves)
    held = list(class_counts(counts, proposals.leaves, n_leaves))
    everything = np.sum(held, axis=0)
    nodes = [
        TopicNode(leaf, (), 0.0, int(topic_of[leaf]), int(sizes[leaf]), _words(held[leaf], everything, terms)) for leaf in range(n_leaves)
    ]
    start = 0
    for tree in proposals.trees:
        number = list(range(start, start + tree.n_leaves))
        for (left, right), gain in zip(tree.steps.tolist(), tree.gains.tolist(), strict=True):
            a, b = nodes[number[left]], nodes[number[right]]
            number.append(len(nodes))
            held.append(held[a.node] + held[b.node])
            topic = a.topic if a.topic == b.topic else -1
            words = _words(held[-1], everything, terms)
            nodes.append(TopicNode(len(nodes), (a.node, b.node), gain, topic, a.n_docs + b.n_docs, words))
        start += tree.n_leaves
    return tuple(nodes)


def renumbered(nodes: Sequence[TopicNode], numbers: Sequence[int]) -> tuple[TopicNode, ...]:
    """Return the nodes where each topic has another number; a node is part of a topic where both of its children are.

    Args:
        nodes: children first.
        numbers: (n_topics,) new number of each topic; topics that were joined have the same.
    """
    found: list[TopicNode] = []
    for node in nodes:
        below = {found[child].topic for child in node.children} or {numbers[node.topic]}
        found.append(msgspec.structs.replace(node, topic=below.pop() if len(below) == 1 else -1))
    return tuple(found)


def _words(own: Float64, everything: Float64, terms: Sequence[str]) -> tuple[str, ...]:
    scores = ctfidf(own[None, :], everything - own)[0]
    return tuple(terms[column] for column in np.argsort(-scores, kind="stable")[:N_TERMS] if scores[column] > 0)
