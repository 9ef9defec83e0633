-- One row per step of an approval.
CREATE TABLE IF NOT EXISTS approvals (
  id STRING NOT NULL COMMENT 'ticket:step',
  bucket INT NOT NULL,
  ticket_id STRING NOT NULL,
  platform_id STRING,
  step INT NOT NULL,
  steps INT NOT NULL,
  approver STRING NOT NULL COMMENT 'e-mail address, group:<name> or owners:<platform>',
  delegate STRING,
  state STRING NOT NULL COMMENT 'waiting | approved | declined | expired | cancelled',
  asked_at TIMESTAMP,
  due_at TIMESTAMP,
  reminded_at TIMESTAMP,
  escalated_at TIMESTAMP,
  decided_by STRING,
  decided_at TIMESTAMP,
  note STRING,
  version BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  created_by STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT approvals_key PRIMARY KEY (id),
  CONSTRAINT approvals_ticket FOREIGN KEY (ticket_id) REFERENCES tickets
) USING DELTA
PARTITIONED BY (bucket)
