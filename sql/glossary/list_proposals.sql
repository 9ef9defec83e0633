-- purpose: proposals, all that are open and the newest of the others, or one; with the steward of the term as it is now
-- params: id STRING, limit BIGINT
-- reads: glossary_proposals, glossary_terms, platforms
SELECT
  r.id, r.platform_id, r.term_id, r.title, r.old, r.new, r.reason, r.state, r.answer, r.event, r.version,
  r.created_at, r.created_by, r.updated_at, r.updated_by, t.steward,
  coalesce(p.visibility, CASE WHEN r.platform_id IS NULL THEN 'everyone' ELSE 'members' END) AS visibility
FROM glossary_proposals AS r
LEFT JOIN glossary_terms AS t ON t.id = r.term_id
LEFT JOIN platforms AS p ON p.id = r.platform_id
WHERE :id IS NULL OR r.id = :id
ORDER BY CASE WHEN r.state = 'open' THEN 0 ELSE 1 END, r.created_at DESC, r.id
LIMIT :limit
