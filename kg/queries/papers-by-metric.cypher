// Papers that report a metric, newest first, with the figure where the sentence gives one.
//
// $metric: Metric = "FID" -- the metric
// $limit: integer = 20 -- how many papers
MATCH (p:Paper)-[r:REPORTS]->(m:Metric {id: $metric})
RETURN coalesce(p.date, '') AS date, coalesce(r.value, '') AS value, p.title AS title, head(r.evidence) AS evidence
ORDER BY date DESC, title, value, evidence LIMIT $limit
