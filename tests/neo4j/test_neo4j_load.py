"""Loads into a real server: it ends up equal to the graph, whatever was there."""

import itertools
from dataclasses import replace

import pytest
from neo4j_kit import edge, entity

from kg.export.base import Summary
from kg.export.neo4j import export
from kg.export.neo4j.load import load
from kg.export.neo4j.model import FULL_TEXT, model
from kg.export.neo4j.report import Change, Report
from kg.export.neo4j.transactions import Settings
from kg.schema import schema

pytestmark = pytest.mark.neo4j


def totals(report: Report) -> dict[str, int]:
    return {name: report.total(name) for name in ("created", "updated", "deleted", "unchanged", "kept")}


def counts(**wanted: int) -> dict[str, int]:
    return {"created": 0, "updated": 0, "deleted": 0, "unchanged": 0, "kept": 0, **wanted}


def test_the_first_load_brings_nodes_relationships_and_their_provenance(neo4j, small):
    report = load(small, neo4j.server, Settings())
    assert totals(report) == counts(created=16)
    assert Change("node", "Model", created=2) in report.changes
    assert Change("relationship", "USES", created=2) in report.changes
    (paper,) = neo4j.query("MATCH (p:Entity:Paper {arxiv_id: '2302.05543'}) RETURN p.name, p.title_zh, p.urls")
    assert paper == [
        "Adding Conditional Control to Text-to-Image Diffusion Models",
        "为文生图扩散模型添加条件控制",
        ["https://arxiv.org/abs/2302.05543", "https://github.com/lllyasviel/ControlNet"],
    ]
    (uses,) = neo4j.query(
        "MATCH (:Paper {arxiv_id: '2302.05543'})-[r:USES]->(m:Model) "
        "RETURN m.aliases, r.evidence, r.evidence_sources, r.evidence_scores, r.confidence, r.count, r.first_seen"
    )
    assert uses == [
        ["SD", "Stable Diffusion", "稳定扩散"],
        ["它锁住 Stable Diffusion 的权重。", "以 SD 为骨干。"],
        ["2024-01-24.md:7", "2024-01-24.md:8"],
        [0.9, 0.9],
        0.9,
        2,
        "2023-02-10",
    ]
    assert neo4j.query("MATCH ()-[r:REPORTS]->() RETURN r.value") == [["15.27"]]
    assert neo4j.query("MATCH ()-[r:PUBLISHED_IN]->() RETURN r.year") == [[2023]]
    assert neo4j.query("MATCH (g:KgGraph) RETURN g.name, g.complete, g.nodes, g.relationships, g.run") == [
        ["kg", True, 8, 8, None]
    ]


def test_constraints_and_indexes_are_there_and_search_finds_both_languages(neo4j, small):
    load(small, neo4j.server, Settings())
    names = {name for (name,) in neo4j.query("SHOW INDEXES YIELD name, state WHERE state = 'ONLINE' RETURN name")}
    assert {"kg_node", "kg_graph", "kg_model_name", "kg_paper_arxiv_id", "kg_task_id", FULL_TEXT} <= names
    search = f"CALL db.index.fulltext.queryNodes('{FULL_TEXT}', $text) YIELD node RETURN node.name"
    assert ["Stable Diffusion"] in neo4j.query(search, text="稳定扩散")
    assert ["MS-COCO"] in neo4j.query(search, text="coco")
    assert neo4j.query(search, text="条件控制") == [["Adding Conditional Control to Text-to-Image Diffusion Models"]]


@pytest.mark.parametrize("kind", ["nodes", "edges"])
def test_each_statement_finds_its_nodes_by_the_unique_index(neo4j, small, kind):
    load(small, neo4j.server, Settings())
    for table in getattr(model(schema()), kind).values():
        plan = neo4j.plan(table.write, rows=[], graph="kg", run="x", milliseconds=1)
        assert plan.count("NodeUniqueIndexSeek") == {"nodes": 2, "edges": 3}[kind], table.type
        assert not any("Scan" in operator for operator in plan), table.type
        # The one row of the lease; more would hold whole batches in memory.
        assert plan.count("Eager") == 1, table.type


def test_a_second_load_changes_nothing(neo4j, small):
    load(small, neo4j.server, Settings())
    before = neo4j.content()
    assert totals(load(small, neo4j.server, Settings())) == counts(unchanged=16)
    assert neo4j.content() == before


def test_small_batches_give_the_same_as_large_ones(neo4j, small):
    load(small, neo4j.server, Settings(rows=2, bytes=300))
    assert totals(load(small, neo4j.server, Settings())) == counts(unchanged=16)


def test_what_was_added_changed_and_deleted_arrives_and_nothing_else_is_touched(neo4j, small):
    load(small, neo4j.server, Settings())
    ids = dict(neo4j.query("MATCH (n:Entity) RETURN n.id, elementId(n)"))
    grown = (
        small.without("dataset:coco", "metric:fid")
        .with_node(entity("model:stablediffusion", "Model", "Stable Diffusion", aliases=["SD", "SDXL"]))
        .with_node(entity("model:sdxl", "Model", "SDXL"))
        .with_edge(edge("paper:2302.08453", "USES", "model:sdxl", "也支持 SDXL。"))
    )
    assert totals(load(grown, neo4j.server, Settings())) == counts(created=2, updated=1, deleted=4, unchanged=11)
    assert neo4j.value("MATCH (m:Model {name: 'Stable Diffusion'}) RETURN m.aliases") == ["SD", "SDXL"]
    assert not neo4j.query("MATCH (n) WHERE n:Dataset OR n:Metric RETURN n")
    kept = dict(neo4j.query("MATCH (n:Entity) RETURN n.id, elementId(n)"))
    assert {i: e for i, e in kept.items() if i != "model:sdxl"} == {i: ids[i] for i in kept if i != "model:sdxl"}
    assert totals(load(grown, neo4j.server, Settings())) == counts(unchanged=14)


def test_an_attribute_that_is_gone_goes_and_a_node_may_change_its_type(neo4j, small):
    load(small, neo4j.server, Settings())
    changed = small.with_node(entity("model:controlnet", "Method", "ControlNet"))
    changed = replace(changed, all_edges=tuple(e for e in small.all_edges if e.type != "BASED_ON"))
    report = load(changed, neo4j.server, Settings())
    assert totals(report) == counts(updated=1, deleted=1, unchanged=14)
    assert neo4j.query("MATCH (n:Entity {id: 'model:controlnet'}) RETURN labels(n), n.name_en") == [
        [["Entity", "Method"], None]
    ]


def test_two_graphs_live_in_one_database(neo4j, small):
    load(small, neo4j.server, Settings("a"))
    load(small.without("dataset:coco"), neo4j.server, Settings("b"))
    assert totals(load(small, neo4j.server, Settings("a"))) == counts(unchanged=16)
    assert neo4j.query("MATCH (n:Entity) RETURN n.graph, count(*) ORDER BY n.graph") == [["a", 8], ["b", 7]]
    empty = replace(small, all_nodes=(), all_edges=())
    assert totals(load(empty, neo4j.server, Settings("a"))) == counts(deleted=16)
    assert totals(load(small.without("dataset:coco"), neo4j.server, Settings("b"))) == counts(unchanged=14)


def test_nothing_is_touched_that_kg_did_not_write(neo4j, small):
    neo4j.query("CREATE (:Model {name: 'mine'})-[:USES {why: 'fun'}]->(:Entity {id: 'model:controlnet'})")
    mine = neo4j.content()
    load(small, neo4j.server, Settings())
    neo4j.query("MATCH (m:Model {id: 'model:controlnet', graph: 'kg'}) SET m.starred = true, m:Favourite")
    neo4j.query(
        "MATCH (m:Model {id: 'model:controlnet', graph: 'kg'}) CREATE (:Note {text: 'read this'})-[:ABOUT]->(m)"
    )
    neo4j.query("MATCH (p:Paper {id: 'paper:2302.05543'}), (m:Model {graph: 'kg'}) CREATE (p)-[:USES {mine: 1}]->(m)")
    renamed = small.with_node(entity("model:controlnet", "Model", "ControlNet 1.1"))
    assert totals(load(renamed, neo4j.server, Settings())) == counts(updated=1, unchanged=15)
    assert neo4j.query("MATCH (m:Favourite) RETURN m.name, m.starred") == [["ControlNet 1.1", True]]

    # A node of the user's own hangs on it: it stays, its relationships of the graph go.
    report = load(small.without("model:controlnet"), neo4j.server, Settings())
    assert totals(report) == counts(deleted=2, unchanged=13, kept=1)
    assert neo4j.query("MATCH (:Note)-[:ABOUT]->(m)--(x) WHERE x:Paper RETURN count(x)") == [[1]]
    assert neo4j.value("MATCH ()-[r:USES {mine: 1}]->() RETURN count(r)") == 2
    assert set(mine) <= set(neo4j.content())
    assert totals(load(small, neo4j.server, Settings())) == counts(created=2, updated=1, unchanged=13)


def test_a_dry_run_tells_what_a_load_would_do_and_writes_nothing(neo4j, small):
    assert totals(load(small, neo4j.server, Settings(dry_run=True))) == counts(created=16)
    assert neo4j.content() == []
    load(small, neo4j.server, Settings())
    before = neo4j.content()
    less = small.without("metric:fid").with_node(entity("task:t2i", "Task", "文生图"))
    report = load(less, neo4j.server, Settings(dry_run=True))
    assert totals(report) == counts(updated=1, deleted=2, unchanged=13)
    assert neo4j.content() == before
    assert totals(load(less, neo4j.server, Settings())) == totals(report)


BREAKING = (
    "'}) DETACH DELETE n //",
    '"}) MATCH (x) DETACH DELETE x /*',
    "`) SET n:Admin //",
    "\\u0027 }) RETURN 1 //",
    "$graph {id: 1} \\",
    "a\ud800b\x00\x1f\n名",
)


def test_names_made_to_break_cypher_and_lone_surrogates_are_only_names(neo4j, small):
    for i, name in enumerate(BREAKING):
        small = small.with_node(entity(f"model:{name}", "Model", name, aliases=[name, f"{i}"]))
        small = small.with_edge(edge("paper:2302.05543", "USES", f"model:{name}", f"用 {name}。"))
    assert totals(load(small, neo4j.server, Settings())) == counts(created=16 + 2 * len(BREAKING))
    names = {name for (name,) in neo4j.query("MATCH (n:Model) RETURN n.name")}
    assert set(BREAKING[:-1]) <= names
    assert "a\ufffdb\ufffd\ufffd\n名" in names
    assert {label for (label,) in neo4j.query("MATCH (n) UNWIND labels(n) AS l RETURN DISTINCT l")} <= {
        "Entity",
        "KgGraph",
        *schema().nodes,
    }
    assert totals(load(small, neo4j.server, Settings())) == counts(unchanged=16 + 2 * len(BREAKING))


def test_names_and_ids_too_long_for_an_index_are_cut_and_stay_apart(neo4j, small):
    for end in "ab":
        long = "超长的名字" * 3000 + end
        small = small.with_node(entity(f"model:{long}", "Model", long, aliases=[long]))
        small = small.with_edge(edge("paper:2302.05543", "USES", f"model:{long}", "用它。"))
    assert totals(load(small, neo4j.server, Settings())) == counts(created=20)
    assert neo4j.value("MATCH (n:Model) RETURN max(size(n.aliases[0]))") == 15_001
    assert totals(load(small, neo4j.server, Settings())) == counts(unchanged=20)


def test_the_name_of_a_graph_cannot_break_cypher_either(neo4j, small):
    name = "x'}) DETACH DELETE n //"
    assert load(small, neo4j.server, Settings(name)).graph == name
    assert neo4j.value("MATCH (n:Entity) WHERE n.graph = $name RETURN count(n)", name=name) == 8


def test_the_exporter_closes_with_a_table_that_adds_up(neo4j, small):
    server = neo4j.server
    options = {"uri": server.uri, "password": server.password, "database": "neo4j"}
    done = export(small, None, **options)
    assert isinstance(done, Summary)
    assert done.headers == ("kind", "type", "created", "updated", "deleted", "unchanged", "total")
    assert ("relationship", "USES", 2, 0, 0, 0, 2) in done.rows
    for kind, rows in itertools.groupby(done.rows, key=lambda row: row[0]):
        *types, total = rows
        assert total == (kind, "all", *(sum(column) for column in list(zip(*types, strict=True))[2:]))
    assert done.notes == (f"{server.uri}, database neo4j holds the graph 'kg': 8 nodes, 8 relationships",)
    assert "nothing had changed" in export(small, None, **options).notes
    assert "nothing was written, because of --dry-run" in export(small, None, dry_run=True, **options).notes


def test_progress_is_told(neo4j, small):
    seen = []
    load(small, neo4j.server, Settings(), lambda *report: seen.append(report))
    assert seen == [("nodes", 8, 8), ("relations", 8, 8)]
