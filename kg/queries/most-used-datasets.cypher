// Datasets that the most papers are evaluated or trained on.
//
// $since: date = "" -- only papers from this date on
// $limit: integer = 20 -- how many datasets
MATCH (p:Paper)-[:EVALUATED_ON|TRAINED_ON]->(d:Dataset)
WHERE $since = '' OR p.date >= $since
WITH d, count(DISTINCT p.id) AS papers, max(p.date) AS newest
RETURN d.name AS dataset, coalesce(d.name_zh, '') AS name_zh, papers, newest
ORDER BY papers DESC, dataset, name_zh, newest LIMIT $limit
