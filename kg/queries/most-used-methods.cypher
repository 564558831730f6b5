// Methods that the most papers use.
//
// $since: date = "" -- only papers from this date on
// $limit: integer = 20 -- how many methods
MATCH (p:Paper)-[:USES]->(m:Method)
WHERE $since = '' OR p.date >= $since
WITH m, count(*) AS papers, max(p.date) AS newest
RETURN m.name AS method, coalesce(m.name_zh, '') AS name_zh, papers, newest
ORDER BY papers DESC, method, name_zh, newest LIMIT $limit
