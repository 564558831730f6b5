// Papers that report a metric, newest first, with the figure where the sentence gives one.
//
// $metric: Metric = "FID" -- the metric
// $limit: integer = 20 -- how many papers
MATCH (p:Paper)-[r:REPORTS]->(m:Metric {id: $metric})
UNWIND r.evidence AS sentence
WITH p, coalesce(r.value, '') AS value, head(r.evidence) AS best,
     min(CASE WHEN sentence CONTAINS r.value THEN sentence END) AS proof
RETURN coalesce(p.date, '') AS date, value, p.title AS title, coalesce(proof, best) AS evidence
ORDER BY date DESC, title, value, evidence LIMIT $limit
