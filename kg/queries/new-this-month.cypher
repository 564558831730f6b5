// Models, methods, datasets, tasks and metrics that papers of one month propose.
//
// $month: date = "" -- such as "2024-03"; "" for the last month that the graph has
// $limit: integer = 50 -- how many rows
// @embedded
MATCH (newest:Paper)
WITH CASE WHEN $month = '' THEN left(max(newest.date), 7) ELSE $month END AS month
MATCH (p:Paper)-[r:PROPOSES]->(n)
WHERE left(p.date, 7) = month
RETURN p.date AS date, label(n) AS type, n.name AS name, coalesce(n.name_zh, '') AS name_zh, p.title AS title,
       head(r.evidence) AS evidence
ORDER BY date DESC, type, name, name_zh, title, evidence LIMIT $limit
// @neo4j
MATCH (newest:Paper)
WITH CASE WHEN $month = '' THEN left(max(newest.date), 7) ELSE $month END AS month
MATCH (p:Paper)-[r:PROPOSES]->(n)
WHERE left(p.date, 7) = month
RETURN p.date AS date, [x IN labels(n) WHERE x <> 'Entity'][0] AS type, n.name AS name,
       coalesce(n.name_zh, '') AS name_zh, p.title AS title, head(r.evidence) AS evidence
ORDER BY date DESC, type, name, name_zh, title, evidence LIMIT $limit
