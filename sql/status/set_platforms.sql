-- purpose: add platforms, or change each from the version before it
-- params: at TIMESTAMP, by STRING
-- rows: wanted(id STRING, name STRING, kind STRING, owner STRING, contact STRING, criticality INT, depends_on ARRAY<STRING>, visibility STRING, calendar STRING, position INT, slo DOUBLE, state STRING, version BIGINT)
-- writes: platforms
MERGE INTO platforms AS t
USING wanted AS s
ON t.id = s.id
WHEN MATCHED AND t.version = s.version - 1 THEN UPDATE SET
  name = s.name, kind = s.kind, owner = s.owner, contact = s.contact, criticality = s.criticality,
  depends_on = s.depends_on, visibility = s.visibility, calendar = s.calendar, position = s.position, slo = s.slo,
  state = s.state, version = s.version, updated_at = :at, updated_by = :by
WHEN NOT MATCHED THEN INSERT (
  id, platform_id, name, kind, owner, contact, criticality, depends_on, visibility, calendar, position, slo, state, version,
  created_at, created_by, updated_at, updated_by
) VALUES (
  s.id, s.id, s.name, s.kind, s.owner, s.contact, s.criticality, s.depends_on, s.visibility, s.calendar, s.position, s.slo,
  s.state, s.version, :at, :by, :at, :by
)
