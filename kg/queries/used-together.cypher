// Models and methods that papers use together with one.
//
// $what: Model|Method = "Stable Diffusion" -- the one
// $limit: integer = 20 -- how many rows
MATCH (a:Model|Method {id: $what})<-[:USES]-(p:Paper)-[:USES]->(b:Model|Method)
WHERE a.id <> b.id
WITH b, count(*) AS papers
RETURN b.name AS together_with, coalesce(b.name_zh, '') AS name_zh, papers
ORDER BY papers DESC, together_with, name_zh LIMIT $limit
