"""Connected components by union-find with path halving (Tarjan and van Leeuwen, 1984)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


def connected_components(edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Group the nodes that edges connect, directly or indirectly; their direction and order do not matter.

    Returns:
        Components of two nodes and more, each sorted, sorted by their first node.
    """
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in edges:
        root_a, root_b = root(a), root(b)
        if root_a != root_b:
            parent[max(root_a, root_b)] = min(root_a, root_b)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for node in parent:
        members[root(node)].append(node)
    return sorted(sorted(component) for component in members.values() if len(component) > 1)
