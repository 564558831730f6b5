// Venues and years by number of papers.
//
// $limit: integer = 30 -- how many rows
MATCH (p:Paper)-[r:PUBLISHED_IN]->(v:Venue)
RETURN v.name AS venue, coalesce(r.year, 0) AS year, count(*) AS papers
ORDER BY papers DESC, venue, year DESC LIMIT $limit
