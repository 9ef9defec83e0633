-- purpose: how many rows there are of what is kept for a while only
-- reads: status_results, ingestion_runs, deliveries
SELECT 'status_results' AS name, count(*) AS number FROM status_results
UNION ALL
SELECT 'ingestion_runs' AS name, count(*) AS number FROM ingestion_runs
UNION ALL
SELECT 'deliveries' AS name, count(*) AS number FROM deliveries
