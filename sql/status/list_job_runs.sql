-- purpose: the last finished run of each job, and when one last succeeded, from Databricks' own records
-- params: job_ids ARRAY<STRING>, since TIMESTAMP, limit INT
-- reads: job_run_timeline
WITH slices AS (
    -- one row for each clock hour of a run; only where it ended (again, when it was repaired) there is a result
    SELECT workspace_id, job_id, run_id, trigger_type, result_state, termination_code, termination_type, period_end_time,
        min(period_start_time) OVER (PARTITION BY workspace_id, job_id, run_id) AS started_at,
        max(run_duration_seconds) OVER (PARTITION BY workspace_id, job_id, run_id) AS told_seconds
    FROM system.lakeflow.job_run_timeline
    WHERE period_start_time >= :since AND array_contains(:job_ids, job_id)
),
ends AS (
    SELECT workspace_id, job_id, run_id, trigger_type, result_state, termination_code, termination_type,
        period_end_time AS ended_at, started_at, told_seconds,
        row_number() OVER (PARTITION BY workspace_id, job_id, run_id ORDER BY period_end_time DESC) AS nth
    FROM slices
    WHERE result_state IS NOT NULL
),
runs AS (
    SELECT workspace_id, job_id, run_id, trigger_type, result_state, termination_code, termination_type,
        started_at, ended_at, told_seconds,
        row_number() OVER (PARTITION BY workspace_id, job_id ORDER BY ended_at DESC) AS nth,
        max(CASE WHEN result_state = 'SUCCEEDED' THEN ended_at END)
            OVER (PARTITION BY workspace_id, job_id) AS succeeded_at
    FROM ends
    WHERE nth = 1 AND result_state <> 'SKIPPED'
)
SELECT workspace_id, job_id, run_id, trigger_type, result_state, termination_code, termination_type,
    started_at, ended_at, succeeded_at,
    coalesce(nullif(told_seconds, 0), timestampdiff(SECOND, started_at, ended_at)) AS seconds
FROM runs
WHERE nth = 1
ORDER BY job_id, workspace_id
LIMIT :limit
