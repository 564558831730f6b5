// Metrics that papers on a task report; papers on its subtasks count too.
//
// $task: Task = "text-to-image generation" -- the task
// $limit: integer = 20 -- how many metrics
MATCH (t:Task {id: $task})<-[:SUBTASK_OF*0..2]-(s:Task)
WITH DISTINCT s
MATCH (s)<-[:ADDRESSES]-(p:Paper)-[:REPORTS]->(m:Metric)
WITH m, count(DISTINCT p.id) AS papers, max(p.date) AS newest
RETURN m.name AS metric, coalesce(m.name_zh, '') AS name_zh, papers, newest
ORDER BY papers DESC, metric, name_zh, newest LIMIT $limit
