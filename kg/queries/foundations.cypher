// What a model builds on, directly or over up to three steps.
//
// $model: Model = "SDXL" -- the model
// $limit: integer = 30 -- how many rows
MATCH path = (m:Model {id: $model})-[:BASED_ON*1..3]->(b:Model|Method)
WHERE m.id <> b.id
WITH b, min(length(path)) AS steps
RETURN b.name AS builds_on, coalesce(b.name_zh, '') AS name_zh, steps, b.paper_count AS papers
ORDER BY steps, papers DESC, builds_on, name_zh LIMIT $limit
