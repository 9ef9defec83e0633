-- Every version of every comment, append-only: the highest version of an id is what is shown.
CREATE TABLE IF NOT EXISTS comments (
  id STRING NOT NULL,
  ticket_id STRING NOT NULL,
  platform_id STRING,
  body STRING NOT NULL,
  internal BOOLEAN NOT NULL COMMENT 'for staff only',
  by_staff BOOLEAN NOT NULL,
  state STRING NOT NULL COMMENT 'shown | deleted | hidden',
  reason STRING COMMENT 'why it was hidden',
  edited BOOLEAN NOT NULL COMMENT 'changed later than may be without a mark',
  version BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  created_by STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT comments_key PRIMARY KEY (id, version),
  CONSTRAINT comments_ticket FOREIGN KEY (ticket_id) REFERENCES tickets
) USING DELTA
