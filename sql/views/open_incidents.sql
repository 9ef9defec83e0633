-- purpose: open incidents that everybody on their platform may know of, those that hit most people of each asset first
-- reads: tickets, ticket_tallies
CREATE OR REPLACE VIEW open_incidents AS
SELECT
  platform_id, id, key, title, state, asset, assignee, affected, next_update_at, created_at,
  count(*) OVER (PARTITION BY platform_id) AS open_on_platform,
  row_number() OVER (PARTITION BY platform_id ORDER BY place_on_asset, affected DESC, created_at DESC) AS place
FROM (
  SELECT
    platform_id, id, key, title, state, asset, assignee, affected, next_update_at, created_at,
    row_number() OVER (PARTITION BY platform_id, asset ORDER BY affected DESC, created_at DESC) AS place_on_asset
  FROM (
    SELECT
      t.platform_id, t.id, t.key, t.title, t.state, t.asset, t.assignee, coalesce(n.votes, 0) AS affected, t.next_update_at, t.created_at
    FROM tickets AS t
    LEFT JOIN ticket_tallies AS n ON n.bucket = t.bucket AND n.ticket_id = t.id
    WHERE t.kind = 'incident' AND t.stopped_at IS NULL AND NOT t.restricted AND NOT t.hidden AND t.merged_into IS NULL
  ) AS told
) AS placed
