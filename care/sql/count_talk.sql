-- A bot's sessions, and what people wrote since then.
SELECT held.open_sessions, held.completed_sessions, held.with_session, said.messages_day
FROM (
    SELECT
        count(*) FILTER (WHERE session.state IN ('active', 'paused')) AS open_sessions,
        count(*) FILTER (WHERE session.state = 'completed') AS completed_sessions,
        -- People, since everybody has one conversation with a bot.
        count(DISTINCT session.conversation_id) AS with_session
    FROM sessions AS session
    WHERE session.bot_id = %(bot_id)s
) AS held
CROSS JOIN (
    SELECT count(*) AS messages_day
    FROM messages AS message
    WHERE message.bot_id = %(bot_id)s AND message.created_at >= %(day)s AND message.role = 'user'
) AS said
