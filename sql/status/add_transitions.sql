-- purpose: add changes of state; one that is there already is recognised by its id
-- rows: changes(id STRING, check_id STRING, platform_id STRING, from_state STRING, to_state STRING, at TIMESTAMP, observed_at TIMESTAMP, reason STRING, evidence STRING, source STRING, check_version BIGINT)
-- writes: status_transitions
INSERT INTO status_transitions (
  id, check_id, platform_id, from_state, to_state, at, observed_at, reason, evidence, source, check_version
)
SELECT
  s.id, s.check_id, s.platform_id, s.from_state, s.to_state, s.at, s.observed_at, s.reason, s.evidence, s.source,
  s.check_version
FROM changes AS s
WHERE NOT EXISTS (SELECT 1 FROM status_transitions AS t WHERE t.id = s.id)
