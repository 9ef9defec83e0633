-- purpose: what was looked for and not found since a day, the most wanted first
-- params: since_day DATE, since TIMESTAMP, limit BIGINT
-- reads: search_log
WITH newest AS (
  SELECT id, text, hits, searched_at, row_number() OVER (PARTITION BY id ORDER BY searched_at DESC, hits DESC) AS place
  FROM search_log
  WHERE day >= :since_day AND searched_at >= :since
)
SELECT text, count(*) AS times, max(searched_at) AS last_at
FROM newest
WHERE place = 1 AND hits = 0
GROUP BY text
ORDER BY times DESC, last_at DESC, text
LIMIT :limit
