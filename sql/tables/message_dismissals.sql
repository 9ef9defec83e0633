-- Who does not want to see a revision of a message any more, append-only.
CREATE TABLE IF NOT EXISTS message_dismissals (
  message_id STRING NOT NULL,
  revision BIGINT NOT NULL,
  person STRING NOT NULL,
  at TIMESTAMP NOT NULL,
  CONSTRAINT message_dismissals_key PRIMARY KEY (message_id, revision, person),
  CONSTRAINT message_dismissals_message FOREIGN KEY (message_id) REFERENCES status_messages
) USING DELTA
