"""What Neo4j takes and ladybug does not, or takes otherwise: the table behind `dialect` and the documentation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.query.text import masked

_VARIABLE = r"[^\W\d]\w*"
_COMPREHENSION = rf"\[\s*{_VARIABLE}\s+IN\b"


@dataclass(frozen=True, slots=True)
class Hint:
    """One difference.

    `example` is a query that Neo4j takes; `pattern` finds the like of it in a query, blind to its strings; `said`,
    where the pattern alone is too common, is what the engine's message must have.
    """

    example: str
    advice: str
    pattern: str
    said: str = ""

    def fits(self, cypher: str, message: str = "") -> bool:
        """Whether a query, refused with this message, has it."""
        return re.search(self.pattern, masked(cypher), re.IGNORECASE | re.DOTALL) is not None and bool(
            re.search(self.said, message)
        )


REFUSED = (
    Hint(
        "MATCH p = shortestPath((a:Model)-[*..4]-(b:Dataset)) RETURN p",
        "a shortest path is `MATCH p = (a)-[* SHORTEST 1..4]-(b)`, all of them are `-[* ALL SHORTEST 1..4]-`",
        r"\b(all)?shortestPaths?\s*\(|=\s*(ALL|ANY)?\s*SHORTEST\b",
    ),
    Hint(
        "MATCH (a:Task)-[:SUBTASK_OF]->{1,2}(b) RETURN b.name",
        "repeat a relationship as `-[:TYPE*1..2]->`, not by what stands behind it",
        r"-(\s|>)*\s*(\{\s*\d*\s*(,\s*\d*\s*)?\}|[+*])|\(\s*\(.*\)\s*\)\s*[{+*]",
    ),
    Hint(
        "MATCH (p:Paper) WHERE EXISTS { (p)-[:USES]->(:Model) } RETURN p.title",
        "begin a subquery with MATCH: `EXISTS { MATCH (p)-[:USES]->(:Model) }`",
        r"\b(EXISTS|COUNT)\s*\{(?!\s*MATCH\b)",
    ),
    Hint(
        "MATCH (p:Paper) WHERE exists((p)-[:USES]->(:Model)) RETURN p.title",
        "ask for a pattern as `EXISTS { MATCH (p)-[:USES]->(:Model) }`, for a property as `n.name IS NOT NULL`",
        r"\bexists\s*\(",
    ),
    Hint(
        "MATCH (p:Paper) RETURN COLLECT { MATCH (p)-[:USES]->(m:Model) RETURN m.name } AS models",
        "collect in a clause of its own: `OPTIONAL MATCH (p)-[:USES]->(m) WITH p, collect(m.name) AS models`",
        r"\bCOLLECT\s*\{|\[\s*(\w+\s*=\s*)?\(\s*\w*\s*[:)]",
    ),
    Hint(
        "MATCH (p:Paper) CALL (p) { MATCH (p)-[:USES]->(m) RETURN count(*) AS used } RETURN p.title, used",
        "there is no CALL { }: go on from part to part with WITH, or join parts with UNION",
        r"\bCALL\s*(\([^)]*\)\s*)?\{",
    ),
    Hint(
        "MATCH p = (:Task)-[:SUBTASK_OF*1..3]->(:Task) RETURN [n IN nodes(p) | n.name]",
        "take a property of all nodes of a path with `properties(nodes(p), 'name')`, the types of its relationships "
        "with `properties(rels(p), '_LABEL')`",
        rf"{_COMPREHENSION}\s+(nodes|relationships|rels)\s*\(",
    ),
    Hint(
        "MATCH (m:Model) RETURN [x IN m.aliases WHERE size(x) > 3 | toUpper(x)]",
        "pick from a list with `list_filter(xs, x -> size(x) > 3)`, change it with "
        "`list_transform(xs, x -> toUpper(x))`",
        rf"{_COMPREHENSION}[^\]]*(\bWHERE\b|\|)",
    ),
    Hint(
        "RETURN reduce(total = 0, x IN [1, 2, 3] | total + x)",
        "fold a list with `list_reduce(xs, (a, b) -> a + b)`",
        r"\breduce\s*\(",
    ),
    Hint(
        "MATCH (m:Model) WHERE any(x IN m.aliases WHERE x = $name) RETURN m.name",
        "no parameter can stand inside any(), all(), none() or single(): write `$name IN m.aliases`, "
        "or bring it in before, `WITH $name AS wanted`",
        r"\b(any|all|none|single)\s*\([^)]*\$",
    ),
    Hint(
        "RETURN toString($name)",
        "no parameter can stand inside this function: bring it in before, `WITH $name AS wanted`",
        r"\w\s*\([^)]*\$",
        "UNREACHABLE_CODE",
    ),
    Hint(
        "MATCH (n) WHERE 'Model' IN labels(n) RETURN n.name",
        "`labels(n)` is one text, not a list: write `label(n) = 'Model'`, or `MATCH (n:Model)`",
        r"(?<![.\w])labels\s*\(",
    ),
    Hint(
        "MATCH (n) WHERE n:Model RETURN n.name",
        "ask for a label in the pattern, `MATCH (n:Model)`, or as `label(n) = 'Model'`",
        rf"\bWHERE\b.*\b{_VARIABLE}\s*:\s*{_VARIABLE}",
        "Parser",
    ),
    Hint(
        "MATCH (n:!Paper) RETURN n.name",
        "of label expressions only `|` is there, `(n:Model|Method)`: for the others compare `label(n)`",
        r":\s*[!%(]|:\s*\w+\s*&",
    ),
    Hint(
        "MATCH (m:Model) RETURN m {.id, .name}",
        "name what you want of a node, `{id: m.id, name: m.name}`, or take all of it, `RETURN m`",
        rf"\b{_VARIABLE}\s*\{{\s*\.",
    ),
    Hint(
        "MATCH (m:Model) RETURN m['name']",
        "write the property's name out: `m.name`",
        rf"\b{_VARIABLE}\s*\[",
        r"LIST_EXTRACT",
    ),
    Hint(
        "MATCH (m:Model) RETURN m.aliases[0]",
        "lists begin at 1: the first item is `xs[1]` or `head(xs)`, the last is `xs[-1]` or `last(xs)`",
        r"\[",
        "1-based",
    ),
    Hint(
        "WITH tail([1]) AS xs RETURN head(xs)",
        "there is no item in an empty list: ask only `WHERE size(xs) > 0`",
        r"\b(head|last)\s*\(",
        "out of range",
    ),
    Hint(
        "MATCH (p:Paper) RETURN substring(p.date, 5)",
        "substring() takes a start, from 1, and a length: `substring(x, 6, 2)`; a beginning is `left(x, 4)`",
        r"\bsubstring\s*\(",
        "SUBSTRING",
    ),
    Hint("RETURN round(2.5)", "round() wants the number of digits too: `round(x, 0)`", r"\bround\s*\(", "ROUND"),
    Hint(
        "MATCH (p:Paper) RETURN date(p.date).year",
        "dates are texts, for some are only a year or a month: compare them as such, `p.date >= '2024-03'`, "
        "and take parts with `left(p.date, 4)`",
        r"\b(date|datetime|localdatetime|localtime|time|timestamp|duration)\s*\(",
    ),
    Hint("RETURN 'a' || 'b'", "join texts with `+` or `concat(a, b)`", r"\|\|", "Parser"),
    Hint("RETURN 'a' + 1", "`+` joins texts only with texts: `'a' + toString(1)`", r"\+", r"function \+"),
    Hint("RETURN 0x1F", "write numbers in decimals", r"\b0[xo][0-9a-f]", "Parser"),
    Hint(
        "MATCH (p:Paper) USING INDEX p:Paper(date) WHERE p.date = '2024' RETURN p",
        "leave USING out: the store finds its own way",
        r"\bUSING\s+(INDEX|SCAN|JOIN)\b",
    ),
    Hint(
        "CALL db.index.fulltext.queryNodes('kg_names', 'restoration') YIELD node RETURN node.name",
        "there is no full-text index: search with `toLower(n.name) CONTAINS 'word'`, "
        "or ask `kg query @neighbours NAME`, which takes any spelling",
        r"\bdb\s*\.\s*index\b",
    ),
    Hint(
        "CALL db.labels()",
        "there are no procedures of Neo4j: `CALL show_tables() RETURN *` or `kg schema` lists labels and types",
        r"\bCALL\s+(db|dbms|apoc|gds)\b|\bSHOW\b",
    ),
    Hint(
        "USE neo4j MATCH (n) RETURN count(n)",
        "leave USE out: there is one graph, the one that -g names",
        r"\bUSE\s+\w+",
    ),
    Hint(
        "RETURN 1 IS :: INTEGER",
        "ask for the kind of a value with `typeof(x) = 'INT64'`",
        r"\bIS\s+(NOT\s+)?(::|TYPED\b|NORMALIZED\b)",
    ),
    Hint(
        "MATCH (n:Model) RETURN count(n) AS all",
        "all, any, none and single are words of the language: put them in back-quotes, or take another name",
        r"(?<![\w`])(all|any|none|single)\b(?!\s*[(`])",
        "Parser",
    ),
    Hint(
        "RETURN $empty",
        "an empty list has no type here: leave the parameter out, or write `CAST([], 'STRING[]')`",
        r"\$",
        "vector with ANY type",
    ),
    Hint(
        "MATCH (:Paper)-[r:USES]->(:Model) RETURN r ORDER BY r",
        "order by a property, such as `r.confidence`; a column that has the name of a variable needs another one",
        r"\bORDER\s+BY\b",
        "Order by",
    ),
    Hint("RETURN [1, 'a']", "all items of a list have one type: `['1', 'a']`", r"\[", "Implicit cast"),
)
"""In the order in which they are tried on a query that was refused."""

SILENT = (
    Hint(
        "MATCH p = (:Task)-[:SUBTASK_OF*1..3]->(t) WHERE all(n IN nodes(p) WHERE n.paper_count > 1) RETURN t.name",
        "all(), any(), list_filter() and list_transform() over the nodes or relationships of a path of several steps "
        "mix up the paths here once there are many: use `properties(nodes(p), 'name')` instead",
        r"\b(all|any|none|single|list_\w+)\s*\(\s*(\w+\s+IN\s+)?(nodes|rels|relationships)\s*\(",
    ),
    Hint(
        "MATCH (n) RETURN labels(n)",
        "labels(n) is one text here and a list in Neo4j",
        r"\blabels\s*\(",
    ),
    Hint(
        "MATCH (p:Paper) RETURN substring(p.date, 1, 4)",
        "substring() counts from 1 here and from 0 in Neo4j; `left(x, 4)` is the same in both",
        r"\bsubstring\s*\(",
    ),
    Hint(
        "MATCH (m:Model) RETURN m.aliases[1], m.aliases[1..2]",
        "lists count from 1 here and from 0 in Neo4j, and a slice keeps its last item; "
        "head(xs) and last(xs) are the same in both",
        rf"(\)|\]|\b{_VARIABLE})\s*\[\s*(-?\d+|[^\[\]|]*(?<!\*)\.\.[^\[\]|]*)\s*\](?!\s*-)",
    ),
    Hint(
        "MATCH (a:Task)-[:SUBTASK_OF*]->(b) RETURN b.name",
        "a path without an upper bound ends after 30 steps here; `*1..4` is the same in both",
        r"\[[^\]\[]*\*\s*(\d+\s*\.\.\s*)?\]",
    ),
    Hint(
        "MATCH (a:Model)<-[:USES]-(p)-[:USES]->(b) RETURN a.name, b.name",
        "one relationship may stand twice in a pattern here, and not in Neo4j: add `WHERE a.id <> b.id`",
        rf"\[\s*(?:{_VARIABLE})?\s*:\s*(\w+)[^\]]*\]->?\([^)]*\)<?-\[\s*(?:{_VARIABLE})?\s*:\s*\1\b(?!.*<>)",
    ),
)
"""What both take and understand differently."""
