-- purpose: every platform ever named, the retired ones too
-- params: limit BIGINT
-- reads: platforms
SELECT id, name, kind, owner, contact, criticality, depends_on, visibility, calendar, position, slo, state, version
FROM platforms
ORDER BY id
LIMIT :limit
