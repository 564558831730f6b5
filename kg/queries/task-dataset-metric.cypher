// On which datasets, and by which metrics, the papers on a task are measured.
//
// $task: Task = "text-to-image generation" -- the task; "" for all tasks
// $limit: integer = 20 -- how many rows
MATCH (t:Task)<-[:ADDRESSES]-(p:Paper)
WHERE $task = '' OR t.id = $task
MATCH (p)-[:EVALUATED_ON]->(d:Dataset)
MATCH (p)-[:REPORTS]->(m:Metric)
WITH t, d, m, count(*) AS papers
RETURN t.name AS task, d.name AS dataset, m.name AS metric, papers
ORDER BY papers DESC, task, dataset, metric LIMIT $limit
