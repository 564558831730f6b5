// How two things hang together: the shortest paths between them, over papers and over what builds on what.
//
// Passing mentions, topics, institutions and venues are no path.
//
// $one: Any = "CLIP" -- where paths begin
// $other: Any = "Stable Diffusion" -- where they end
// $limit: integer = 10 -- how many paths
// @embedded
MATCH (a {id: $one})
  -[e:PROPOSES|USES|COMPARES_WITH|TRAINED_ON|EVALUATED_ON|ADDRESSES|BASED_ON|VERSION_OF|SUBTASK_OF*
    ALL SHORTEST 1..6 (r, n | {r.id}, {n.name})]-
  (b {id: $other})
WHERE a.id <> b.id
WITH length(e) AS steps, [a.name] + properties(nodes(e), 'name') + [b.name] AS names,
     properties(rels(e), '_LABEL') AS relations
RETURN steps, names, relations
ORDER BY list_to_string(' ', names), list_to_string(' ', relations) LIMIT $limit
// @neo4j
MATCH (a {id: $one}), (b {id: $other})
WHERE a.id <> b.id
MATCH path = allShortestPaths((a)
  -[:PROPOSES|USES|COMPARES_WITH|TRAINED_ON|EVALUATED_ON|ADDRESSES|BASED_ON|VERSION_OF|SUBTASK_OF*1..6]-
  (b))
WITH length(path) AS steps, [n IN nodes(path) | n.name] AS names, [r IN relationships(path) | type(r)] AS relations
RETURN steps, names, relations
ORDER BY reduce(text = '', name IN names | text + ' ' + name), reduce(text = '', x IN relations | text + ' ' + x)
LIMIT $limit
