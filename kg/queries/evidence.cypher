// Every sentence that proves how two things are related, and where it stands.
//
// $one: Any = "Adding Conditional Control to Text-to-Image Diffusion Models" -- a paper or entity
// $other: Any = "Stable Diffusion" -- another
// @embedded
MATCH (a {id: $one})-[r]-(b {id: $other})
UNWIND range(1, size(r.evidence)) AS i
RETURN type(r) AS relation, r.evidence_scores[i] AS score, r.evidence[i] AS evidence,
       r.evidence_sources[i] AS source, r.evidence_cues[i] AS cue
ORDER BY relation, score DESC, source, evidence, cue
// @neo4j
MATCH (a {id: $one})-[r]-(b {id: $other})
UNWIND range(0, size(r.evidence) - 1) AS i
RETURN type(r) AS relation, r.evidence_scores[i] AS score, r.evidence[i] AS evidence,
       r.evidence_sources[i] AS source, r.evidence_cues[i] AS cue
ORDER BY relation, score DESC, source, evidence, cue
