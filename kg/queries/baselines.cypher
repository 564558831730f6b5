// What a model or method is compared with by the papers that propose it.
//
// $what: Model|Method = "SyncDreamer" -- what is proposed
// $limit: integer = 30 -- how many rows
MATCH (a:Model|Method {id: $what})<-[:PROPOSES]-(p:Paper)-[r:COMPARES_WITH]->(b:Model|Method)
WHERE a.id <> b.id
RETURN b.name AS baseline, coalesce(b.name_zh, '') AS name_zh, r.confidence AS confidence, p.title AS title,
       head(r.evidence) AS evidence
ORDER BY confidence DESC, baseline, name_zh, title, evidence LIMIT $limit
