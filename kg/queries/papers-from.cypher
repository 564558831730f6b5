// Papers from an institution, newest first.
//
// $institution: Institution = "Google Research" -- the institution as the digests write it
// $limit: integer = 20 -- how many papers
MATCH (p:Paper)-[:AFFILIATED_WITH]->(i:Institution {id: $institution})
RETURN coalesce(p.date, '') AS date, p.title AS title, coalesce(p.title_zh, '') AS title_zh,
       coalesce(p.venue, '') AS venue
ORDER BY date DESC, title, title_zh, venue LIMIT $limit
