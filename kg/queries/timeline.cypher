// How many papers have to do with a thing, month by month.
//
// $name: Any = "Stable Diffusion" -- an entity, by any of its names
MATCH (p:Paper)-[r]->(n {id: $name})
WHERE type(r) <> 'MENTIONS' AND p.date IS NOT NULL
RETURN left(p.date, 7) AS month, count(DISTINCT p.id) AS papers
ORDER BY month
