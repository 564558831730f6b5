// Narrower tasks of a task, over up to three steps.
//
// $task: Task = "image generation" -- the task
MATCH path = (s:Task)-[:SUBTASK_OF*1..3]->(t:Task {id: $task})
WHERE s.id <> t.id
WITH s, min(length(path)) AS steps
RETURN s.name AS subtask, coalesce(s.name_en, '') AS name_en, coalesce(s.name_zh, '') AS name_zh, steps,
       s.paper_count AS papers
ORDER BY steps, papers DESC, subtask, name_en, name_zh
