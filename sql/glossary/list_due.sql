-- purpose: approved terms whose review fell due lately
-- params: since DATE, today DATE, limit BIGINT
-- reads: glossary_terms
SELECT t.id
FROM glossary_terms AS t
WHERE t.state = 'approved' AND t.review_due > :since AND t.review_due <= :today
ORDER BY t.review_due, t.id
LIMIT :limit
