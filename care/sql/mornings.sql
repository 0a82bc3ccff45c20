-- People in an open session whose morning it is, and who were asked nothing today.
SELECT person.id AS profile_id, open.id AS session_id, '' AS cause
FROM profiles AS person
JOIN conversations AS talk ON talk.bot_id = %(bot_id)s AND talk.profile_id = person.id
JOIN sessions AS open ON open.bot_id = %(bot_id)s AND open.conversation_id = talk.id AND open.state = 'active'
WHERE person.bot_id = %(bot_id)s
    AND person.last_seen_at < %(silent_since)s AND person.last_seen_at > %(not_before)s
    AND person.consented_at IS NOT NULL AND NOT person.is_underage AND person.is_active
    AND person.paused_at IS NULL AND person.blocked_at IS NULL
    -- By their own clock; where their time zone is not known, or none, by the bot's. PostgreSQL hashes what is
    -- unnested; an array that is a parameter it would walk through for each person.
    AND (
        person.timezone IN (SELECT unnest(%(zones)s::text[]))
        OR (%(is_bots_hour)s AND person.timezone NOT IN (SELECT unnest(%(known_zones)s::text[])))
    )
    AND NOT EXISTS (
        SELECT FROM proactive_messages AS said
        WHERE said.bot_id = %(bot_id)s AND said.profile_id = person.id
            AND said.kind = 'morning' AND said.created_at > %(not_twice_since)s
    )
ORDER BY person.last_seen_at DESC
LIMIT %(limit)s
