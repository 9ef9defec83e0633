-- purpose: everything that is true now: each active platform with its checks, their states, what is usual, feeds and who asked them to run, maintenance, open incidents and what is announced
-- params: at TIMESTAMP, runs_since DATE, retired_since TIMESTAMP, changes_since TIMESTAMP, most_incidents BIGINT, limit BIGINT
-- reads: platforms, status_checks, status_current, status_bands, status_transitions, ingestion_runs, maintenance_windows, open_incidents, announced_messages, first_checks, settings
SELECT
  p.id AS p_id, p.name AS p_name, p.kind AS p_kind, p.owner AS p_owner, p.contact AS p_contact, p.criticality AS p_criticality, p.depends_on AS p_depends_on,
  p.visibility AS p_visibility, p.calendar AS p_calendar, p.position AS p_position, p.slo AS p_slo, p.state AS p_state, p.version AS p_version,
  c.id AS c_id, c.platform_id AS c_platform_id, c.name AS c_name, c.source AS c_source, c.target AS c_target, c.mode AS c_mode,
  c.severity AS c_severity, c.every_s AS c_every_s, c.warn_after_s AS c_warn_after_s, c.error_after_s AS c_error_after_s,
  c.warn_above AS c_warn_above, c.error_above AS c_error_above, c.warn_below AS c_warn_below, c.error_below AS c_error_below,
  c.deadline AS c_deadline, c.calendar AS c_calendar, c.owner AS c_owner, c.runbook AS c_runbook, c.state AS c_state, c.version AS c_version,
  s.check_id AS s_check_id, s.platform_id AS s_platform_id, s.state AS s_state, s.since AS s_since, s.reason AS s_reason, s.observed_at AS s_observed_at,
  s.first_observed_at AS s_first_observed_at, s.last_success_at AS s_last_success_at, s.value AS s_value, s.source_event_at AS s_source_event_at,
  s.evidence AS s_evidence, s.recent AS s_recent, s.changed_at AS s_changed_at, s.previous_state AS s_previous_state,
  s.previous_since AS s_previous_since, s.check_version AS s_check_version, s.version AS s_version,
  b.low_s AS b_low_s, b.median_s AS b_median_s, b.high_s AS b_high_s, b.samples AS b_samples, b.basis AS b_basis,
  f.state AS f_state, f.started_at AS f_started_at, f.finished_at AS f_finished_at, f.rows AS f_rows, f.error AS f_error,
  f.next_due_at AS f_next_due_at, x.updated_at AS x_at, x.updated_by AS x_by, h.changes AS h_changes,
  w.title AS w_title, w.starts_at AS w_starts_at, w.ends_at AS w_ends_at, i.open AS i_open,
  i.incidents AS i_incidents, a.messages AS a_messages
FROM platforms AS p
LEFT JOIN status_checks AS c ON c.platform_id = p.id AND (c.state <> 'retired' OR c.updated_at > :retired_since)
LEFT JOIN first_checks AS k ON k.platform_id = p.id
LEFT JOIN status_current AS s ON s.check_id = c.id
LEFT JOIN status_bands AS b ON b.check_id = c.id
LEFT JOIN (
  SELECT check_id, collect_list(struct(at, from_state, to_state, reason)) AS changes
  FROM status_transitions
  WHERE at >= :changes_since
  GROUP BY check_id
) AS h ON h.check_id = c.id
LEFT JOIN (
  SELECT
    source, max(started_at) AS started_at, max(finished_at) AS finished_at, max_by(state, started_at) AS state,
    max_by(rows, started_at) AS rows, max_by(coalesce(error, ''), started_at) AS error,
    max_by(next_due_at, started_at) AS next_due_at
  FROM ingestion_runs
  WHERE day >= :runs_since
  GROUP BY source
) AS f ON f.source = c.source
LEFT JOIN settings AS x ON x.key = 'wanted:' || c.source
LEFT JOIN (
  SELECT platform_id, min(starts_at) AS starts_at, min_by(ends_at, starts_at) AS ends_at, min_by(title, starts_at) AS title
  FROM maintenance_windows
  WHERE ends_at > :at
  GROUP BY platform_id
) AS w ON w.platform_id = p.id
LEFT JOIN (
  SELECT platform_id, max(open_on_platform) AS open, collect_list(struct(id, key, title, state, asset, assignee, affected, next_update_at, created_at)) AS incidents
  FROM open_incidents
  WHERE place <= :most_incidents
  GROUP BY platform_id
) AS i ON i.platform_id = p.id AND c.id IS NOT DISTINCT FROM k.check_id
LEFT JOIN (
  SELECT collect_list(message) AS messages
  FROM announced_messages
  WHERE ends_at IS NULL OR ends_at > :at
) AS a ON c.id IS NOT DISTINCT FROM k.check_id
WHERE p.state = 'active'
ORDER BY p.position, p.id, c.id
LIMIT :limit
