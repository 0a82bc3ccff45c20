-- The conversation of each chat, begun if there is none yet, who answers in it, and the session that is open.
WITH came AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(chat_ids)s::bigint[], %(profile_ids)s::uuid[])
        AS arriving (id, chat_id, profile_id)
),
begun AS (
    INSERT INTO conversations (id, bot_id, profile_id, chat_id, created_at)
    SELECT id, %(bot_id)s, profile_id, chat_id, %(now)s FROM came
    ON CONFLICT (bot_id, chat_id) DO NOTHING
    RETURNING id, chat_id, awaits, awaits_until
),
here AS (
    SELECT id, chat_id, awaits, awaits_until FROM begun
    UNION ALL
    SELECT id, chat_id, awaits, awaits_until FROM conversations WHERE bot_id = %(bot_id)s AND chat_id = ANY (%(chat_ids)s::bigint[])
)
SELECT
    here.chat_id, here.id AS conversation_id,
    CASE WHEN here.awaits_until > %(now)s THEN here.awaits ELSE '' END AS awaits,
    -- Whoever has taken it over holds it for a while only.
    CASE WHEN item.mode = 'drafts' OR item.hand_back_at > %(now)s THEN item.mode ELSE '' END AS mode,
    open.id AS session_id, open.kind, open.state, open.patterns, open.core_issue, open.question_count, open.data,
    open.started_at, open.last_error
FROM here
LEFT JOIN sessions AS open
    ON open.bot_id = %(bot_id)s AND open.conversation_id = here.id AND open.state IN ('active', 'paused')
-- One look at its own row: joined, the planner reads what the bot has of them, since few are taken over.
LEFT JOIN LATERAL (
    SELECT mode, hand_back_at FROM inbox_items
    WHERE bot_id = %(bot_id)s AND conversation_id = here.id
    LIMIT 1
) AS item ON item.mode <> ''
