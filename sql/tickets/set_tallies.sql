-- purpose: count again what was appended to these tickets; `parts` pairs each with itself and those merged into it
-- params: ticket_ids ARRAY<STRING>, at TIMESTAMP
-- rows: parts(ticket_id STRING, bucket INT, part_id STRING)
-- reads: votes, comments
-- writes: ticket_tallies
MERGE INTO ticket_tallies AS t
USING (
  SELECT
    p.ticket_id, p.bucket, count(DISTINCT v.person) AS votes, max(c.comments) AS comments,
    min(c.first_response_at) AS first_response_at, max(c.last_comment_at) AS last_comment_at
  FROM parts AS p
  LEFT JOIN (
    SELECT
      ticket_id, person, counts, row_number() OVER (PARTITION BY ticket_id, person ORDER BY at DESC, id DESC) AS place
    FROM votes
    WHERE ticket_id IN (SELECT explode(:ticket_ids))
  ) AS v ON v.ticket_id = p.part_id AND v.place = 1 AND v.counts
  LEFT JOIN (
    SELECT
      ticket_id, count(CASE WHEN state = 'shown' THEN 1 END) AS comments, max(created_at) AS last_comment_at,
      min(CASE WHEN by_staff THEN created_at END) AS first_response_at
    FROM (
      SELECT
        ticket_id, state, by_staff, created_at, row_number() OVER (PARTITION BY id ORDER BY version DESC) AS place
      FROM comments
      WHERE ticket_id IN (SELECT explode(:ticket_ids)) AND NOT internal
    ) AS newest
    WHERE place = 1
    GROUP BY ticket_id
  ) AS c ON c.ticket_id = p.ticket_id
  GROUP BY p.ticket_id, p.bucket
) AS n
ON t.bucket = n.bucket AND t.ticket_id = n.ticket_id
WHEN MATCHED THEN UPDATE SET
  votes = n.votes, comments = coalesce(n.comments, 0), first_response_at = n.first_response_at,
  last_comment_at = n.last_comment_at, counted_at = greatest(t.counted_at, :at)
WHEN NOT MATCHED THEN INSERT (ticket_id, bucket, votes, comments, first_response_at, last_comment_at, counted_at)
VALUES (n.ticket_id, n.bucket, n.votes, coalesce(n.comments, 0), n.first_response_at, n.last_comment_at, :at)
