-- Each time somebody begins or stops watching a ticket, append-only: the newest of a person and ticket counts.
CREATE TABLE IF NOT EXISTS watchers (
  id STRING NOT NULL,
  ticket_id STRING NOT NULL,
  person STRING NOT NULL,
  watches BOOLEAN NOT NULL,
  reason STRING NOT NULL COMMENT 'requester | assignee | comment | mention | vote | named | asked',
  at TIMESTAMP NOT NULL,
  CONSTRAINT watchers_key PRIMARY KEY (id),
  CONSTRAINT watchers_ticket FOREIGN KEY (ticket_id) REFERENCES tickets
) USING DELTA
