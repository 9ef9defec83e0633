-- Snapshot of the directory's groups, replaced by `sync-groups`.
CREATE TABLE IF NOT EXISTS group_members (
  group_name STRING NOT NULL,
  member STRING NOT NULL COMMENT 'e-mail, lower case',
  snapshot_at TIMESTAMP NOT NULL,
  CONSTRAINT group_members_key PRIMARY KEY (group_name, member)
) USING DELTA
