// Models by how many papers use them in the last year that the graph has, beside the years before.
//
// $limit: integer = 20 -- how many models
MATCH (newest:Paper)
WITH left(max(newest.date), 4) AS year
MATCH (p:Paper)-[:USES]->(m:Model)
WITH m, year, count(CASE WHEN left(p.date, 4) = year THEN 1 END) AS recent,
     count(CASE WHEN left(p.date, 4) < year THEN 1 END) AS before
WHERE recent > 0
RETURN m.name AS model, coalesce(m.name_zh, '') AS name_zh, year, recent, before
ORDER BY recent DESC, before, model, name_zh LIMIT $limit
