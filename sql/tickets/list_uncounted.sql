-- purpose: tickets whose comments or votes are newer than their counts (somebody was killed in between), or hardly older, so that a count may have missed what was being written beside it
-- params: since TIMESTAMP, beside_s BIGINT, limit BIGINT
-- reads: votes, comments, ticket_tallies
SELECT a.ticket_id, coalesce(max(a.at) > max(t.counted_at), true) AS newer
FROM (
  SELECT ticket_id, max(at) AS at FROM votes WHERE at >= :since GROUP BY ticket_id
  UNION ALL
  SELECT ticket_id, max(updated_at) AS at FROM comments WHERE updated_at >= :since GROUP BY ticket_id
) AS a
LEFT JOIN ticket_tallies AS t ON t.ticket_id = a.ticket_id
WHERE t.counted_at IS NULL OR timestampdiff(SECOND, a.at, t.counted_at) < :beside_s
GROUP BY a.ticket_id
ORDER BY a.ticket_id
LIMIT :limit
