-- purpose: how many people vote for any of these tickets of each item, or for one that was merged into them
-- params: ticket_ids ARRAY<STRING>
-- reads: roadmap_links, tickets, votes
WITH parts AS (
  SELECT l.item_id, l.ticket_id AS part_id
  FROM roadmap_links AS l
  WHERE l.state = 'active' AND l.ticket_id IN (SELECT explode(:ticket_ids))
  UNION
  SELECT l.item_id, t.id AS part_id
  FROM roadmap_links AS l
  JOIN tickets AS t ON t.merged_into = l.ticket_id
  WHERE l.state = 'active' AND l.ticket_id IN (SELECT explode(:ticket_ids))
),
newest AS (
  SELECT ticket_id, person, counts, row_number() OVER (PARTITION BY ticket_id, person ORDER BY at DESC, id DESC) AS place
  FROM votes
  WHERE ticket_id IN (SELECT part_id FROM parts)
)
SELECT p.item_id, count(DISTINCT n.person) AS voters
FROM parts AS p
JOIN newest AS n ON n.ticket_id = p.part_id
WHERE n.place = 1 AND n.counts
GROUP BY p.item_id
