-- Files that belong to tickets; their content lies in a volume or folder under `path`.
CREATE TABLE IF NOT EXISTS attachments (
  id STRING NOT NULL,
  ticket_id STRING NOT NULL,
  platform_id STRING,
  comment_id STRING,
  name STRING NOT NULL COMMENT 'as its owner called it',
  media_type STRING NOT NULL,
  size BIGINT NOT NULL COMMENT 'bytes',
  sha256 STRING NOT NULL,
  path STRING NOT NULL,
  internal BOOLEAN NOT NULL COMMENT 'for staff only',
  state STRING NOT NULL COMMENT 'kept | removed',
  version BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  created_by STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT attachments_key PRIMARY KEY (id),
  CONSTRAINT attachments_ticket FOREIGN KEY (ticket_id) REFERENCES tickets
) USING DELTA
