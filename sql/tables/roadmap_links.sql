-- Which improvements a roadmap item answers: many to many.
CREATE TABLE IF NOT EXISTS roadmap_links (
  id STRING NOT NULL COMMENT 'item:ticket, so that nobody makes a twin',
  platform_id STRING,
  item_id STRING NOT NULL,
  ticket_id STRING NOT NULL,
  state STRING NOT NULL COMMENT 'active | removed',
  version BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  created_by STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT roadmap_links_key PRIMARY KEY (id),
  CONSTRAINT roadmap_links_item FOREIGN KEY (item_id) REFERENCES roadmap_items,
  CONSTRAINT roadmap_links_ticket FOREIGN KEY (ticket_id) REFERENCES tickets
) USING DELTA
