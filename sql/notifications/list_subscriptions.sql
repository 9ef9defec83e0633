-- purpose: what people want to hear of; of one person, or (NULL) of everybody
-- params: person STRING, limit BIGINT
-- reads: subscriptions
SELECT person, platform_id, kind, how
FROM subscriptions
WHERE state = 'active' AND (:person IS NULL OR person = :person)
ORDER BY person, platform_id, kind
LIMIT :limit
