// What builds on a model or method, directly or over up to three steps.
//
// $what: Model|Method = "latent diffusion model" -- the foundation
// $limit: integer = 30 -- how many models
MATCH path = (m:Model)-[:BASED_ON*1..3]->(b:Model|Method {id: $what})
WHERE m.id <> b.id
WITH m, min(length(path)) AS steps
RETURN m.name AS model, coalesce(m.name_zh, '') AS name_zh, steps, m.first_seen AS first_seen, m.paper_count AS papers
ORDER BY steps, papers DESC, model, name_zh, first_seen LIMIT $limit
