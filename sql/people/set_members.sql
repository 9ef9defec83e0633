-- purpose: replace the snapshot of the directory's groups as a whole, in one commit
-- params: at TIMESTAMP
-- rows: found(group_name STRING, member STRING)
-- writes: group_members
MERGE INTO group_members AS t
USING found AS s
ON t.group_name = s.group_name AND t.member = s.member
WHEN MATCHED THEN UPDATE SET snapshot_at = :at
WHEN NOT MATCHED THEN INSERT (group_name, member, snapshot_at) VALUES (s.group_name, s.member, :at)
WHEN NOT MATCHED BY SOURCE THEN DELETE
