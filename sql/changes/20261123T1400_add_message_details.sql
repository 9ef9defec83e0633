-- purpose: the author's zone, pinning, dismissing, reasons, revisions and the last event of a message
-- writes: status_messages
ALTER TABLE status_messages ADD COLUMNS (
  zone STRING COMMENT 'in which its author wrote the times',
  pinned BOOLEAN,
  dismissible BOOLEAN COMMENT 'NULL: yes',
  reason STRING COMMENT 'why it was withdrawn or sent back',
  revision BIGINT COMMENT 'how often its text was changed after publishing, from 1',
  event STRING COMMENT 'JSON: the event that made this version, until the trail surely has it'
)
