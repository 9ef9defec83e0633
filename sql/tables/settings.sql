-- Facts about the store itself, such as the schema changes applied to it.
CREATE TABLE IF NOT EXISTS settings (
  key STRING NOT NULL,
  value STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT settings_key PRIMARY KEY (key)
) USING DELTA
