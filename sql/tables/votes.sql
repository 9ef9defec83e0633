-- Each time somebody votes or takes the vote back, append-only: the newest of a person and ticket counts.
CREATE TABLE IF NOT EXISTS votes (
  id STRING NOT NULL,
  ticket_id STRING NOT NULL,
  person STRING NOT NULL,
  counts BOOLEAN NOT NULL COMMENT 'false: taken back',
  note STRING COMMENT 'what it means for this person',
  at TIMESTAMP NOT NULL,
  given_by STRING NOT NULL COMMENT 'staff may vote for somebody',
  CONSTRAINT votes_key PRIMARY KEY (id),
  CONSTRAINT votes_ticket FOREIGN KEY (ticket_id) REFERENCES tickets
) USING DELTA
