-- purpose: remember one fact about the store, unless somebody else changed it since it was read (or made it, was NULL)
-- params: key STRING, was STRING, value STRING, at TIMESTAMP, by STRING
-- writes: settings
MERGE INTO settings AS t
USING (SELECT :key AS key, CAST(:was AS STRING) AS was, :value AS value, :at AS at, :by AS by) AS s
ON t.key = s.key
WHEN MATCHED AND t.value = s.was THEN UPDATE SET value = s.value, updated_at = s.at, updated_by = s.by
WHEN NOT MATCHED THEN INSERT (key, value, updated_at, updated_by) VALUES (s.key, s.value, s.at, s.by)
