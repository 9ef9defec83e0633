-- Changes of terms, and new terms, that somebody asks for who may not make them.
CREATE TABLE IF NOT EXISTS glossary_proposals (
  id STRING NOT NULL COMMENT 'a new term gets the id of its proposal',
  platform_id STRING,
  term_id STRING COMMENT 'none: a new term',
  title STRING NOT NULL,
  old STRING NOT NULL COMMENT 'JSON: the fields as they were',
  new STRING NOT NULL COMMENT 'JSON: the fields that differ',
  reason STRING NOT NULL,
  state STRING NOT NULL COMMENT 'open | accepted | declined | withdrawn',
  answer STRING COMMENT 'said when it was decided',
  event STRING NOT NULL COMMENT 'JSON',
  version BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  created_by STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT glossary_proposals_key PRIMARY KEY (id)
) USING DELTA
