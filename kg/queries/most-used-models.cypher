// Models that the most papers use.
//
// $since: date = "" -- only papers from this date on
// $limit: integer = 20 -- how many models
MATCH (p:Paper)-[:USES]->(m:Model)
WHERE $since = '' OR p.date >= $since
WITH m, count(*) AS papers, max(p.date) AS newest
RETURN m.name AS model, coalesce(m.name_zh, '') AS name_zh, papers, newest
ORDER BY papers DESC, model, name_zh, newest LIMIT $limit
