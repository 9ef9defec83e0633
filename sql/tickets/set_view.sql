-- purpose: save a view, or remove it, from the version before
-- params: id STRING, kind STRING, name STRING, query STRING, owner STRING, shared BOOLEAN, state STRING, at TIMESTAMP
-- writes: saved_views
MERGE INTO saved_views AS t
USING (SELECT :id AS id) AS s
ON t.id = s.id
WHEN MATCHED THEN UPDATE SET
  name = :name, query = :query, shared = :shared, state = :state, version = t.version + 1, updated_at = :at, updated_by = :owner
WHEN NOT MATCHED THEN INSERT (
  id, kind, name, query, owner, shared, state, version, created_at, created_by, updated_at, updated_by
) VALUES (:id, :kind, :name, :query, :owner, :shared, :state, 1, :at, :owner, :at, :owner)
