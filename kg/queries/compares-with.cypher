// Papers that compare with a model or method, newest first: what they propose, and the sentence that says so.
//
// $what: Model|Method = "GPT-3" -- the baseline
// $limit: integer = 20 -- how many rows
MATCH (p:Paper)-[r:COMPARES_WITH]->(b:Model|Method {id: $what})
OPTIONAL MATCH (p)-[:PROPOSES]->(a:Model|Method)
RETURN coalesce(p.date, '') AS date, coalesce(a.name, '') AS proposed, p.title AS title, head(r.evidence) AS evidence
ORDER BY date DESC, proposed, title, evidence LIMIT $limit
