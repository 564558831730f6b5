// Datasets that papers on a task are evaluated or trained on; papers on its subtasks count too.
//
// $task: Task = "text-to-image generation" -- the task
// $limit: integer = 20 -- how many datasets
MATCH (t:Task {id: $task})<-[:SUBTASK_OF*0..2]-(s:Task)
WITH DISTINCT s
MATCH (s)<-[:ADDRESSES]-(p:Paper)-[r:EVALUATED_ON|TRAINED_ON]->(d:Dataset)
WITH d, count(DISTINCT p.id) AS papers, max(p.date) AS newest,
     count(DISTINCT CASE WHEN type(r) = 'EVALUATED_ON' THEN p.id END) AS evaluated,
     count(DISTINCT CASE WHEN type(r) = 'TRAINED_ON' THEN p.id END) AS trained
RETURN d.name AS dataset, papers, evaluated, trained, newest
ORDER BY papers DESC, dataset, evaluated, trained, newest LIMIT $limit
