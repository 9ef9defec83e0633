-- purpose: the choices of one person; what is so already is not written
-- params: person STRING, at TIMESTAMP
-- rows: chosen(id STRING, platform_id STRING, kind STRING, how STRING, state STRING)
-- writes: subscriptions
MERGE INTO subscriptions AS t
USING chosen AS s
ON t.id = s.id
WHEN MATCHED AND (t.how <> s.how OR t.state <> s.state) THEN UPDATE SET
  how = s.how, state = s.state, version = t.version + 1, updated_at = :at, updated_by = :person
WHEN NOT MATCHED AND s.state = 'active' THEN INSERT (
  id, platform_id, person, kind, how, state, version, created_at, created_by, updated_at, updated_by
) VALUES (s.id, s.platform_id, :person, s.kind, s.how, s.state, 1, :at, :person, :at, :person)
