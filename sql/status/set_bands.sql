-- purpose: replace what is usual for the checks it was learned for
-- params: at TIMESTAMP
-- rows: bands(check_id STRING, low_s DOUBLE, median_s DOUBLE, high_s DOUBLE, samples BIGINT, basis STRING)
-- writes: status_bands
MERGE INTO status_bands AS t
USING bands AS s
ON t.check_id = s.check_id
WHEN MATCHED THEN UPDATE SET
  low_s = s.low_s, median_s = s.median_s, high_s = s.high_s, samples = s.samples, basis = s.basis, learned_at = :at
WHEN NOT MATCHED THEN INSERT (check_id, low_s, median_s, high_s, samples, basis, learned_at)
  VALUES (s.check_id, s.low_s, s.median_s, s.high_s, s.samples, s.basis, :at)
WHEN NOT MATCHED BY SOURCE THEN DELETE
