-- Facts about the store itself: the schema changes applied to it, and what sources remember from run to run.
CREATE TABLE IF NOT EXISTS settings (
  key STRING NOT NULL,
  value STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT settings_key PRIMARY KEY (key)
) USING DELTA
