// What the graph holds: how many nodes of each type, and from when to when.
//
// @embedded
MATCH (n)
RETURN label(n) AS type, count(*) AS nodes, coalesce(min(coalesce(n.first_seen, n.date)), '') AS first,
       coalesce(max(coalesce(n.last_seen, n.date)), '') AS last
ORDER BY nodes DESC, type
// @neo4j
MATCH (n:Entity)
RETURN [x IN labels(n) WHERE x <> 'Entity'][0] AS type, count(*) AS nodes,
       coalesce(min(coalesce(n.first_seen, n.date)), '') AS first,
       coalesce(max(coalesce(n.last_seen, n.date)), '') AS last
ORDER BY nodes DESC, type
