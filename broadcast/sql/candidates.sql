-- Recipients whose turn has come, as they are now, and the locks on their rows: first those whose time has come
-- again, then those who wait; with a text for the rest, the rest too.
WITH again AS (
    SELECT id FROM broadcast_recipients
    WHERE bot_id = %(bot_id)s AND broadcast_id = %(broadcast_id)s AND state = 'deferred' AND not_before <= %(now)s
    ORDER BY not_before
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
),
waiting AS (
    SELECT id FROM broadcast_recipients
    WHERE bot_id = %(bot_id)s AND broadcast_id = %(broadcast_id)s AND state = 'waiting'
    ORDER BY id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
),
spare AS (
    SELECT id FROM broadcast_recipients
    WHERE %(has_winner)s AND bot_id = %(bot_id)s AND broadcast_id = %(broadcast_id)s AND state = 'spare'
    ORDER BY id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
),
due AS (
    SELECT id FROM (
        SELECT id, 1 AS place FROM again UNION ALL SELECT id, 2 FROM waiting UNION ALL SELECT id, 3 FROM spare
    ) AS each
    ORDER BY place, id
    LIMIT %(limit)s
)
SELECT
    turn.id AS recipient_id, turn.state, turn.variant, turn.tries,
    person.id AS profile_id, COALESCE(person.telegram_id, 0) AS telegram_id,
    COALESCE(person.first_name, '') AS first_name, COALESCE(person.language, '') AS language,
    COALESCE(person.timezone, '') AS timezone, COALESCE(person.journey_stage, '') AS journey_stage,
    COALESCE(person.markers ->> 'interested_stream', '') AS interested_stream, person.created_at,
    COALESCE(person.consented_at IS NOT NULL AND NOT person.is_underage, false) AS may,
    COALESCE(person.is_active, false) AS is_active,
    person.paused_at IS NOT NULL AS is_paused,
    person.blocked_at IS NOT NULL AS is_barred,
    EXISTS (
        SELECT FROM conversations AS talk
        JOIN sessions AS open
            ON open.bot_id = %(bot_id)s AND open.conversation_id = talk.id AND open.state = 'paused'
        WHERE talk.bot_id = %(bot_id)s AND talk.profile_id = person.id
    ) OR EXISTS (
        SELECT FROM events AS sign
        WHERE sign.bot_id = %(bot_id)s AND sign.profile_id = person.id AND sign.kind = 'crisis.detected'
            AND sign.created_at >= %(crisis_since)s
    ) AS in_distress,
    -- By the person and nothing else, whatever the planner thinks of a ledger that was filled a moment ago: by state it
    -- would read all that the bot has sent, for each of them.
    ARRAY(
        SELECT other.released_at
        FROM (
            SELECT each.id, each.state, each.released_at FROM broadcast_recipients AS each
            WHERE each.bot_id = %(bot_id)s AND each.profile_id = person.id
            OFFSET 0
        ) AS other
        WHERE other.id <> turn.id AND other.released_at > %(day_ago)s AND other.state IN ('released', 'sent', 'unknown')
        ORDER BY other.released_at DESC
    ) AS lately
FROM due
JOIN broadcast_recipients AS turn ON turn.id = due.id AND turn.bot_id = %(bot_id)s
LEFT JOIN profiles AS person ON person.bot_id = %(bot_id)s AND person.id = turn.profile_id
