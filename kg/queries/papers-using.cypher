// Papers that use a model or method, newest first, each with the sentence that says so.
//
// $what: Model|Method = "Stable Diffusion" -- the model or method
// $limit: integer = 20 -- how many papers
MATCH (p:Paper)-[r:USES]->(m:Model|Method {id: $what})
RETURN coalesce(p.date, '') AS date, p.title AS title, coalesce(p.title_zh, '') AS title_zh,
       r.confidence AS confidence, head(r.evidence) AS evidence, head(r.evidence_sources) AS source
ORDER BY date DESC, title, title_zh, confidence DESC, evidence LIMIT $limit
