-- purpose: the tables that hold the demo's history already
-- params: limit BIGINT
-- reads: status_results, status_transitions, status_current, status_checks, ingestion_runs, status_messages
SELECT 'status_results' AS name FROM status_results WHERE source = 'demo'
UNION
SELECT 'status_transitions' FROM status_transitions WHERE source = 'demo'
UNION
SELECT 'status_current' FROM status_current WHERE check_id IN (SELECT id FROM status_checks WHERE source = 'demo')
UNION
SELECT 'ingestion_runs' FROM ingestion_runs WHERE id LIKE 'demo:%'
UNION
SELECT 'status_messages' FROM status_messages WHERE id LIKE 'demo-%'
LIMIT :limit
