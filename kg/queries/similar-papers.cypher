// Papers that share the most with a paper: what they use, work on and are evaluated on.
//
// $paper: Paper = "Adding Conditional Control to Text-to-Image Diffusion Models" -- title in either language, or arXiv id
// $limit: integer = 20 -- how many papers
MATCH (p:Paper {id: $paper})-[:USES|ADDRESSES|EVALUATED_ON]->(n:Model|Method|Task|Dataset)
      <-[:USES|ADDRESSES|EVALUATED_ON]-(q:Paper)
WHERE q.id <> p.id
WITH q, count(*) AS shared
RETURN shared, coalesce(q.date, '') AS date, q.title AS title, coalesce(q.title_zh, '') AS title_zh
ORDER BY shared DESC, date DESC, title, title_zh LIMIT $limit
