-- purpose: the check that comes first of each platform: its row on the board tells what is known of the platform
-- reads: status_checks
CREATE OR REPLACE VIEW first_checks AS
SELECT platform_id, min(id) AS check_id
FROM status_checks
WHERE state <> 'retired'
GROUP BY platform_id
