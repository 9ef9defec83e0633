-- What was appended to a ticket, counted: computed from comments and votes, never the other way round.
CREATE TABLE IF NOT EXISTS ticket_tallies (
  ticket_id STRING NOT NULL,
  bucket INT NOT NULL,
  votes BIGINT NOT NULL COMMENT 'distinct people, with those of merged tickets',
  comments BIGINT NOT NULL COMMENT 'that everybody may read',
  first_response_at TIMESTAMP,
  last_comment_at TIMESTAMP,
  counted_at TIMESTAMP NOT NULL,
  CONSTRAINT ticket_tallies_key PRIMARY KEY (ticket_id)
) USING DELTA
PARTITIONED BY (bucket)
