-- What is usual now: the learned age of data per check, renewed every hour by `rollup`.
CREATE TABLE IF NOT EXISTS status_bands (
  check_id STRING NOT NULL,
  low_s DOUBLE NOT NULL,
  median_s DOUBLE NOT NULL,
  high_s DOUBLE NOT NULL,
  samples BIGINT NOT NULL,
  basis STRING NOT NULL COMMENT 'which slots it was learned from, in words',
  learned_at TIMESTAMP NOT NULL,
  CONSTRAINT status_bands_key PRIMARY KEY (check_id)
) USING DELTA
