-- Rows of a broadcast's ledger after a place, bot by bot in the order given, within each by state and id as the index
-- has them. With a state to be kept to, both ends of the states are that one.
SELECT
    turn.id, turn.bot_id, turn.state, turn.reason, turn.variant, turn.language, turn.tries, turn.not_before,
    turn.released_at, turn.sent_at, turn.telegram_message_id, turn.replied_at, turn.clicked_at, turn.deleted_at,
    turn.profile_id, COALESCE(person.telegram_id, 0) AS telegram_id, COALESCE(person.first_name, '') AS first_name,
    COALESCE(person.last_name, '') AS last_name, COALESCE(person.username, '') AS username
FROM unnest(%(bot_ids)s::uuid[]) WITH ORDINALITY AS bot (id, place)
CROSS JOIN LATERAL (
    SELECT * FROM broadcast_recipients AS each
    WHERE each.bot_id = bot.id AND each.broadcast_id = %(broadcast_id)s
        AND (each.state, each.id) > (
            CASE WHEN bot.place = 1 THEN %(after_state)s::text ELSE %(first_state)s::text END,
            CASE WHEN bot.place = 1 THEN %(after_id)s::uuid ELSE '00000000-0000-0000-0000-000000000000' END
        )
        AND each.state <= %(last_state)s
    ORDER BY each.state, each.id
    LIMIT %(limit)s
) AS turn
LEFT JOIN profiles AS person ON person.bot_id = bot.id AND person.id = turn.profile_id
ORDER BY bot.place, turn.state, turn.id
LIMIT %(limit)s
