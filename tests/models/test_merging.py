"""Merges by modularity: against its definition, by hand, and levels over several languages."""

from __future__ import annotations

import numpy as np
import pytest

from topics.models._merging import MergeTree, merge_tree, settle_levels, similarities


def affinities(n_leaves: int, seed: int) -> np.ndarray:
    """A symmetric matrix with three groups of leaves that are alike."""
    generator = np.random.default_rng(seed)
    matrix = generator.random((n_leaves, n_leaves)) + 4.0 * (np.arange(n_leaves)[:, None] % 3 == np.arange(n_leaves)[None, :] % 3)
    return matrix + matrix.T


def modularity(between: np.ndarray, parts: np.ndarray, resolution: float) -> float:
    """By its definition, Newman 2006, equation 1: pair by pair, what is there less what chance would put there."""
    degrees, total = between.sum(axis=0), between.sum()
    pairs = [(a, b) for a in range(len(between)) for b in range(len(between)) if parts[a] == parts[b]]
    return float(sum(between[a, b] - resolution * degrees[a] * degrees[b] / total for a, b in pairs) / total)


@pytest.mark.parametrize("resolution", [0.7, 1.0, 1.25, 2.0])
def test_gains_are_differences_of_modularity(resolution: float) -> None:
    between = affinities(9, 1)
    tree = merge_tree(between, resolution)
    levels = [modularity(between, tree.cut(n_topics), resolution) for n_topics in range(9, 0, -1)]
    assert tree.gains == pytest.approx(np.diff(levels), abs=1e-12)


def test_each_merge_is_the_best_there_is() -> None:
    between = affinities(7, 8)
    tree = merge_tree(between)
    for n_topics in range(7, 1, -1):
        cut = tree.cut(n_topics)
        before = modularity(between, cut, 1.25)
        joined = [np.where(cut == b, a, cut) for a in range(n_topics) for b in range(a + 1, n_topics)]
        best = max(modularity(between, parts, 1.25) for parts in joined) - before
        assert tree.gains[7 - n_topics] == pytest.approx(best, abs=1e-12)


def test_the_best_level_finds_the_groups() -> None:
    tree = merge_tree(affinities(12, 2), 1.0)
    assert tree.best_level() == 3
    assert [len(set(tree.cut(3)[first::3].tolist())) for first in range(3)] == [1, 1, 1]


def test_more_resolution_never_gives_fewer_topics() -> None:
    levels = [merge_tree(affinities(20, 3), resolution).best_level() for resolution in (0.5, 1.0, 1.5, 2.0, 4.0)]
    assert levels == sorted(levels)
    assert levels[0] < levels[-1]


@pytest.mark.parametrize(("bounds", "expected"), [((1, 9), 3), ((5, 9), 5), ((1, 2), 2), ((4, 4), 4)])
def test_the_best_level_stays_within_bounds(bounds: tuple[int, int], expected: int) -> None:
    assert merge_tree(affinities(9, 4), 1.0).best_level(*bounds) == expected


def test_a_cut_has_as_many_topics_as_asked_for() -> None:
    tree = merge_tree(affinities(9, 5))
    assert [len(set(tree.cut(n).tolist())) for n in range(1, 10)] == list(range(1, 10))
    assert tree.leaves_of(16) == sorted(tree.leaves_of(16), key=tree.leaves_of(16).index)
    assert sorted(tree.leaves_of(16)) == list(range(9))


def by_definition(between: np.ndarray, resolution: float) -> MergeTree:
    """The whole matrix of gains, looked through at every step."""
    total = between.sum()
    weights, degrees = between / total, between.sum(axis=1) / total
    nodes, steps, gains = list(range(len(between))), [], []
    while len(nodes) > 1:
        gain = 2.0 * (weights - resolution * np.outer(degrees, degrees))
        gain[np.tril_indices(len(nodes))] = -np.inf
        left, right = divmod(int(gain.argmax()), len(nodes))
        steps.append((nodes[left], nodes[right]))
        gains.append(gain[left, right])
        weights[left] += weights[right]
        weights[:, left] += weights[:, right]
        degrees[left] += degrees[right]
        nodes[left] = len(between) + len(steps) - 1
        weights, degrees = np.delete(np.delete(weights, right, axis=0), right, axis=1), np.delete(degrees, right)
        nodes.pop(right)
    return MergeTree(np.array(steps), np.array(gains))


@pytest.mark.parametrize("seed", range(20))
def test_merges_are_those_of_the_whole_matrix_to_the_last_bit(seed: int) -> None:
    generator = np.random.default_rng(seed)
    vectors = generator.normal(size=(60, 5)) + 0.5
    sizes = generator.pareto(1.2, 60) + 1  # one huge, many small
    between = np.maximum((vectors * sizes[:, None]) @ (vectors * sizes[:, None]).T, 0.0)
    if seed % 2:
        between = generator.integers(0, 3, (60, 60)).astype(float)  # with many ties
        between += between.T
    found, expected = merge_tree(between), by_definition(between, 1.25)
    assert found.steps.tolist() == expected.steps.tolist()
    assert found.gains.tobytes() == expected.gains.tobytes()


def test_a_chain_of_merges_is_no_matter_of_depth() -> None:
    n_leaves = 3000
    steps = [[0, 1], *([n_leaves + step, step + 2] for step in range(n_leaves - 2))]
    tree = MergeTree(np.array(steps), np.ones(n_leaves - 1))
    assert tree.leaves_of(2 * n_leaves - 2) == list(range(n_leaves))
    assert tree.cut(2).tolist() == [1] * (n_leaves - 1) + [0]


def test_one_leaf_is_one_topic() -> None:
    tree = merge_tree(np.ones((1, 1)))
    assert (tree.n_leaves, tree.best_level(), tree.cut(1).tolist()) == (1, 1, [0])


def test_similarity_of_clusters_is_that_of_their_documents() -> None:
    generator = np.random.default_rng(6)
    vectors = np.abs(generator.normal(size=(30, 8)))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    labels = np.arange(30) % 4 - 1
    pairs = vectors.astype(float) @ vectors.T
    np.fill_diagonal(pairs, 0.0)
    expected = [[pairs[np.ix_(labels == a, labels == b)].sum() for b in range(3)] for a in range(3)]
    assert similarities(vectors, labels) == pytest.approx(np.array(expected), abs=1e-4)


def test_clusters_that_are_unlike_are_never_less_than_nothing() -> None:
    vectors = np.array([[1, 0], [1, 0], [-1, 0], [-1, 0]], dtype=np.float32)
    assert similarities(vectors, np.array([0, 0, 1, 1])).tolist() == [[2.0, 0.0], [0.0, 2.0]]


def two_trees() -> list[MergeTree]:
    return [
        MergeTree(np.array([[0, 1], [2, 3]]), np.array([0.3, -0.1])),  # 3 leaves, best 2
        MergeTree(np.array([[0, 1], [2, 4], [3, 5]]), np.array([0.2, 0.1, -0.4])),  # 4 leaves, best 2
    ]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [((1, 7), [2, 2]), ((1, 3), [1, 2]), ((2, 2), [1, 1]), ((5, 7), [2, 3]), ((6, 6), [2, 4]), ((7, 7), [3, 4])],
)
def test_levels_of_several_languages_give_way_where_it_costs_least(bounds: tuple[int, int], expected: list[int]) -> None:
    assert settle_levels(two_trees(), *bounds) == expected
