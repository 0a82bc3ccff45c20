-- Whose name or username begins so, among those of each bot who were seen last: no index serves LIKE behind a policy,
-- so the look is bounded instead.
SELECT person.id
FROM unnest(%(bot_ids)s::uuid[]) AS bot (id)
CROSS JOIN LATERAL (
    SELECT profiles.id, profiles.first_name, profiles.last_name, profiles.username, profiles.last_seen_at
    FROM profiles
    WHERE profiles.bot_id = bot.id
    ORDER BY profiles.last_seen_at DESC
    LIMIT %(looked_at)s
) AS person
WHERE
    starts_with(lower(person.username), %(term)s)
    OR (
        NOT %(is_username)s
        AND position(' ' || %(term)s IN ' ' || lower(person.first_name || ' ' || person.last_name)) > 0
    )
ORDER BY person.last_seen_at DESC
LIMIT %(most)s
