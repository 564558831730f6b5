// The family of a model or dataset: versions, sizes, and what they are versions of.
//
// $name: Model|Dataset = "Stable Diffusion" -- any member of the family
MATCH (n:Model|Dataset {id: $name})-[:VERSION_OF*0..3]->(head:Model|Dataset)
WITH DISTINCT head
MATCH (head)<-[:VERSION_OF*0..3]-(v:Model|Dataset)
WITH DISTINCT v
OPTIONAL MATCH (v)-[:VERSION_OF]->(family:Model|Dataset)
RETURN v.name AS name, coalesce(v.name_zh, '') AS name_zh, coalesce(family.name, '') AS version_of,
       v.first_seen AS first_seen, v.paper_count AS papers
ORDER BY version_of, name, name_zh, first_seen, papers
