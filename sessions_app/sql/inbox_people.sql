-- People of these bots in the order in which they were seen, from a place on: the first of each bot by its index, put
-- together. Of a million people in ten bots that takes milliseconds, and sorting them takes seconds.
SELECT person.bot_id, person.id AS profile_id, person.last_seen_at AS at, person.id AS place_id
FROM unnest(%(bot_ids)s::uuid[]) AS bot (id)
CROSS JOIN LATERAL (
    SELECT bot_id, id, last_seen_at
    FROM profiles
    WHERE profiles.bot_id = bot.id AND last_seen_at <= %(before_at)s
        AND (last_seen_at < %(before_at)s OR id < %(before_id)s)
    ORDER BY last_seen_at DESC, id DESC
    LIMIT %(most)s
) AS person
ORDER BY person.last_seen_at DESC, person.id DESC
LIMIT %(most)s
