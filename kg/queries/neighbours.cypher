// All that a thing is related to, by a name in any language, the strongest relations first.
//
// $name: Any = "扩散模型" -- an entity or paper, by any of its names
// $limit: integer = 30 -- how many rows
// @embedded
MATCH (n {id: $name})-[r]-(m)
WHERE label(r) <> 'MENTIONS'
RETURN label(r) AS relation, label(m) AS type, m.name AS name, coalesce(m.name_zh, m.title_zh, '') AS name_zh,
       r.confidence AS confidence, r.count AS sentences, coalesce(r.last_seen, '') AS last_seen
ORDER BY relation, confidence DESC, sentences DESC, name, type, name_zh, last_seen LIMIT $limit
// @neo4j
MATCH (n {id: $name})-[r]-(m)
WHERE type(r) <> 'MENTIONS'
RETURN type(r) AS relation, [x IN labels(m) WHERE x <> 'Entity'][0] AS type, m.name AS name,
       coalesce(m.name_zh, m.title_zh, '') AS name_zh, r.confidence AS confidence, r.count AS sentences,
       coalesce(r.last_seen, '') AS last_seen
ORDER BY relation, confidence DESC, sentences DESC, name, type, name_zh, last_seen LIMIT $limit
