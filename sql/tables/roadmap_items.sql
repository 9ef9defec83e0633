-- What is planned, in delivery and shipped. The event that made the present version is kept until the trail has it.
CREATE TABLE IF NOT EXISTS roadmap_items (
  id STRING NOT NULL,
  platform_id STRING COMMENT 'none: for everybody',
  theme STRING NOT NULL,
  title STRING NOT NULL,
  description STRING NOT NULL COMMENT 'Markdown',
  state STRING NOT NULL COMMENT 'draft | published | retired',
  horizon STRING NOT NULL COMMENT 'now | next | later | shipped',
  quarter STRING COMMENT 'target, such as 2027-Q1',
  owner STRING NOT NULL,
  note STRING COMMENT 'said with the last move',
  shipped_at TIMESTAMP,
  event STRING NOT NULL COMMENT 'JSON',
  version BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  created_by STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT roadmap_items_key PRIMARY KEY (id)
) USING DELTA
