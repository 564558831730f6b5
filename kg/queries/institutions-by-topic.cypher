// Institutions with the most papers on a topic or task.
//
// $topic: Topic|Task = "" -- a topic of the digests or a task; "" for all topics
// $limit: integer = 20 -- how many institutions
MATCH (i:Institution)<-[:AFFILIATED_WITH]-(p:Paper)-[:HAS_TOPIC|ADDRESSES]->(t:Topic|Task)
WHERE $topic = '' OR t.id = $topic
WITH i, count(DISTINCT p.id) AS papers, max(p.date) AS newest
RETURN i.name AS institution, papers, newest
ORDER BY papers DESC, institution, newest LIMIT $limit
