-- Every text of every message that was published, append-only.
CREATE TABLE IF NOT EXISTS message_revisions (
  id STRING NOT NULL COMMENT 'of the message',
  revision BIGINT NOT NULL,
  platform_id STRING,
  kind STRING NOT NULL,
  severity STRING NOT NULL,
  title STRING NOT NULL,
  body STRING NOT NULL,
  platform_ids ARRAY<STRING> NOT NULL,
  starts_at TIMESTAMP,
  ends_at TIMESTAMP,
  zone STRING,
  state STRING NOT NULL,
  version BIGINT NOT NULL COMMENT 'of the message, when the text came',
  created_at TIMESTAMP NOT NULL,
  created_by STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT message_revisions_key PRIMARY KEY (id, revision),
  CONSTRAINT message_revisions_message FOREIGN KEY (id) REFERENCES status_messages
) USING DELTA
