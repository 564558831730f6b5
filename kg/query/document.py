"""`docs/queries.md`, made from the files of the named queries and the table of differences.

    python -m kg.query.document GRAPH > docs/queries.md

GRAPH is the folder of a graph of the sample digests; the answers in the document come from it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.query.base import Result
from kg.query.hints import REFUSED, SILENT
from kg.query.named import NamedQuery, Parameter
from kg.query.render import brief

_ROWS = 4
_WIDTH = 60
_ANSWER = re.compile(r"On the sample digests:\n\n(?:\|.*\n)+\n")

_HEAD = """\
# Asking the graph

`kg query` takes Cypher, or the name of a query. Nothing needs to be installed: the graph in the folder is asked,
through a file that is made from its tables on the first question and whenever the graph has changed. With `--uri` or
`NEO4J_URI` the same commands ask a Neo4j server that `kg export neo4j` has filled, and give the same rows.

```
kg query "MATCH (p:Paper)-[:USES]->(m:Model) RETURN m.name, count(*) AS papers ORDER BY papers DESC"
kg query @papers-using SDXL                  values in the order of the parameters
kg query @papers-using -p what=SDXL --json   or by name; JSON or CSV for programs
kg query --list                              all queries that go by a name
kg query @papers-using --text                the Cypher of one, to change it
kg shell                                     a conversation, with completion and history
```

A name may be written in Chinese or English, as an alias or an abbreviation, in any spelling: `SDXL`,
`Stable Diffusion XL` and `stable-diffusion-xl` are one model. Nodes are `(:Paper)`, `(:Model)`, `(:Method)`,
`(:Dataset)`, `(:Task)`, `(:Metric)`, `(:Topic)`, `(:Institution)` and `(:Venue)`, all with `id` and `name`; `kg schema`
lists their other properties and the relationships. Each relationship carries its `evidence`, the sentences that prove
it, and `evidence_sources`, where they stand.
"""

_OWN = """\
## Queries of your own

A `.cypher` file in a folder that `--queries` or `KG_QUERIES` names is asked like those above, by the name of the file:

```
// What a dataset is used for.
//
// $dataset: Dataset = "ImageNet" -- a name in any spelling; the query gets the node's id
// $since: date = "" -- a plain value
MATCH (p:Paper)-[r]->(d:Dataset {id: $dataset})
WHERE $since = '' OR p.date >= $since
RETURN type(r) AS relation, count(*) AS papers ORDER BY papers DESC
```

Types of parameters are `string`, `integer`, `number`, `date`, `value` (any JSON), one or more node types joined by `|`,
and `Any` for a name of anything. A parameter without a default must be given. Where the two engines need different
texts, a line `// @embedded` stands before one and `// @neo4j` before the other.
"""

_DIFFERENCES = """\
## Where the embedded engine is not Neo4j

Cypher goes to the engine as it is. Much of Neo4j's is understood; what is not is refused with the words that do it:

| Neo4j | without a server |
|---|---|
"""

_SILENT = """\

These are understood by both, and not alike; `kg query` says so when it meets one:

| query | what to know |
|---|---|
"""


def document(queries: Iterable[NamedQuery], answers: Mapping[str, Result]) -> str:
    """The text of the document; queries without an answer are shown without one."""
    found = list(queries)
    parts = [_HEAD, "## Queries that go by a name\n", _contents(found)]
    parts += ["\n".join(_section(q, answers.get(q.name))) for q in found]
    parts += [_OWN, _DIFFERENCES + "".join(f"| {_code(h.example)} | {_cell(h.advice)} |\n" for h in REFUSED)]
    parts[-1] += _SILENT + "".join(f"| {_code(h.example)} | {_cell(h.advice)} |\n" for h in SILENT)
    return "\n".join(parts)


def without_answers(text: str) -> str:
    """A document with the answers taken out."""
    return _ANSWER.sub("", text)


def _contents(queries: Iterable[NamedQuery]) -> str:
    rows = (f"| [`@{q.name}`](#{q.name}) | {_cell(q.summary)} |\n" for q in queries)
    return "| query | what it answers |\n|---|---|\n" + "".join(rows)


def _section(query: NamedQuery, answer: Result | None) -> Iterator[str]:
    yield f"### {query.name}\n"
    yield f"{query.summary}\n"
    if query.details:
        yield f"{query.details}\n"
    if query.parameters:
        yield "| parameter | type | default | |\n|---|---|---|---|"
        yield "\n".join(map(_parameter, query.parameters)) + "\n"
    if answer is not None:
        yield "On the sample digests:\n"
        yield _answer(answer)
    if query.same:
        yield f"```cypher\n{query.texts['embedded']}\n```\n"
    else:
        for dialect, title in (("embedded", "Without a server"), ("neo4j", "On a Neo4j server")):
            yield f"{title}:\n\n```cypher\n{query.texts[dialect]}\n```\n"


def _parameter(p: Parameter) -> str:
    default = "" if p.default is None else f"`{p.default}`" if p.default != "" else '`""`'
    return f"| `{p.name}` | {_cell(p.type)} | {default} | {_cell(p.description)} |"


def _answer(result: Result) -> str:
    rows = [result.columns, ["---"] * len(result.columns), *result.rows[:_ROWS]]
    if len(result.rows) > _ROWS:
        rows.append(["…"] * len(result.columns))
    return "".join("| " + " | ".join(_short(v) for v in row) + " |\n" for row in rows)


def _short(value: Any) -> str:
    text = brief(value)
    return _cell(text if len(text) <= _WIDTH else text[: _WIDTH - 1].rstrip() + "…")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _code(text: str) -> str:
    return "`" + text.replace("|", "\\|") + "`"


def main() -> None:
    """Write the document to standard output."""
    from kg.query import connect
    from kg.query.named import load_all

    engine = connect(Path(sys.argv[1]))
    queries = load_all()
    answers = {name: engine.run(query.query(engine, {})) for name, query in queries.items()}
    engine.close()
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(document(queries.values(), answers))


if __name__ == "__main__":
    main()
