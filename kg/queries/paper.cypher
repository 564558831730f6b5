// What one paper proposes, uses, compares with, is trained and evaluated on, with the sentences that say so.
//
// $paper: Paper = "Adding Conditional Control to Text-to-Image Diffusion Models" -- title in either language, or arXiv id
MATCH (p:Paper {id: $paper})-[r]->(n)
WHERE type(r) <> 'MENTIONS'
RETURN type(r) AS relation, n.name AS name, coalesce(n.name_zh, '') AS name_zh, r.confidence AS confidence,
       head(r.evidence) AS evidence, head(r.evidence_sources) AS source
ORDER BY relation, confidence DESC, name, name_zh, evidence, source
