// When a thing is first and last seen, and in which papers.
//
// $name: Any = "Stable Diffusion" -- an entity, by any of its names
MATCH (p:Paper)-[r]->(n {id: $name})
WHERE type(r) <> 'MENTIONS' AND (p.date = n.first_seen OR p.date = n.last_seen)
RETURN DISTINCT CASE WHEN p.date = n.first_seen THEN 'first' ELSE 'last' END AS seen, p.date AS date,
       type(r) AS relation, p.title AS title
ORDER BY date, relation, title, seen
