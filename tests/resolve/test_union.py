from hypothesis import given
from hypothesis import strategies as st

from kg.resolve.union import UnionFind


def test_the_first_member_names_the_set():
    sets = UnionFind[str]()
    for item in "abc":
        sets.find(item)
    assert sets.union("c", "b") == "b"
    assert sets.union("c", "a") == "a"
    assert {sets.find(x) for x in "abc"} == {"a"}


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20))))
def test_sets_are_the_connected_components(pairs):
    import networkx as nx

    sets = UnionFind[int]()
    graph = nx.Graph()
    graph.add_nodes_from(range(21))
    for i in range(21):
        sets.find(i)
    for a, b in pairs:
        sets.union(a, b)
        graph.add_edge(a, b)
    for component in nx.connected_components(graph):
        assert {sets.find(x) for x in component} == {min(component)}
