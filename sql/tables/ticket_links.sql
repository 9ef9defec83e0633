-- Which tickets belong together, and how.
CREATE TABLE IF NOT EXISTS ticket_links (
  id STRING NOT NULL COMMENT 'kind:from:to, so that nobody makes a twin',
  platform_id STRING,
  kind STRING NOT NULL COMMENT 'duplicate | related | caused_by | would_avoid | follow_up',
  from_id STRING NOT NULL,
  to_id STRING NOT NULL,
  state STRING NOT NULL COMMENT 'active | removed',
  version BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  created_by STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT ticket_links_key PRIMARY KEY (id),
  CONSTRAINT ticket_links_from FOREIGN KEY (from_id) REFERENCES tickets
) USING DELTA
