-- purpose: what somebody may see of what matches, each page once, the best of each type; with how many there are
-- params: name STRING, name_end STRING, titled STRING, words STRING, alike STRING, keys STRING, ranked INT, most INT
-- reads: entries, names, titles, texts
WITH seen AS NOT MATERIALIZED (
  SELECT e.id, e.type, e.page, 1.5 * e.faded + e.position / 1000000.0 AS below
  FROM entries AS e
  WHERE e.locks IS NULL OR NOT EXISTS (
    SELECT 1
    FROM json_each(e.locks) AS l
    WHERE NOT EXISTS (SELECT 1 FROM json_each(l.value) AS k WHERE k.value IN (SELECT value FROM json_each(:keys)))
  )
),
scored AS MATERIALIZED (
  SELECT * FROM (
    SELECT s.id, s.type, s.page, s.below, 3 AS above, bm25(titles, 10, 10, 0.1, 0.1) AS score
    FROM titles AS t JOIN seen AS s ON s.id = t.rowid
    WHERE titles MATCH :titled ORDER BY t.rowid DESC LIMIT :ranked
  )
  UNION ALL
  SELECT * FROM (
    SELECT s.id, s.type, s.page, s.below, 4 AS above, bm25(texts, 10, 10, 4, 4, 1) AS score
    FROM texts AS t JOIN seen AS s ON s.id = t.rowid
    WHERE texts MATCH :words ORDER BY t.rowid DESC LIMIT :ranked
  )
  UNION ALL
  SELECT * FROM (
    SELECT s.id, s.type, s.page, s.below, 6 AS above, bm25(texts, 10, 10, 4, 4, 1) AS score
    FROM texts AS t JOIN seen AS s ON s.id = t.rowid
    WHERE texts MATCH :alike ORDER BY t.rowid DESC LIMIT :ranked
  )
),
found AS (
  SELECT s.id, s.type, s.page, s.below AS place FROM names AS n JOIN seen AS s ON s.id = n.entry WHERE n.name = :name
  UNION ALL
  SELECT s.id, s.type, s.page, 1 + (length(n.name) - length(:name)) / 1000.0 + s.below
  FROM names AS n JOIN seen AS s ON s.id = n.entry
  WHERE n.name > :name AND n.name < :name_end
  UNION ALL
  SELECT id, type, page, above + score / (1 - score) + below FROM scored
),
pages AS (SELECT id, type, min(place) AS place FROM found GROUP BY page),
numbered AS (
  SELECT
    id, type, place, count(*) OVER (PARTITION BY type) AS of_type,
    row_number() OVER (PARTITION BY type ORDER BY place, id) AS number
  FROM pages
)
SELECT
  n.id, n.type, n.of_type, e.key, e.title, e.heading, e.context, e.address, e.faded, substr(e.body, 1, 200) AS start,
  (SELECT max(number) FROM (SELECT count(*) AS number FROM scored GROUP BY above)) >= :ranked AS more
FROM numbered AS n JOIN entries AS e ON e.id = n.id
WHERE n.number <= :most
ORDER BY n.place, n.id
