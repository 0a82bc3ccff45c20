-- The queue as it stands after a week: all of it settled, but for a few that were buried.
INSERT INTO inbound_updates (
    id, bot_id, update_id, kind, lane, user_id, may_wait, payload, attempts, epoch, due_at, received_at, settled_at,
    outcome, reason
)
SELECT
    inbound_id, %(bot)s, %(first_id)s + row_number() OVER (ORDER BY created_at), 'message', chat_id, chat_id, true,
    convert_to(
        json_build_object('message', json_build_object('text', text, 'chat', json_build_object('id', chat_id)))::text,
        'UTF8'
    ),
    CASE WHEN is_buried THEN 3 ELSE 1 END, 1, created_at, created_at, created_at + interval '2 seconds',
    CASE WHEN is_buried THEN 'buried' ELSE 'done' END,
    CASE WHEN is_buried THEN 'update.unreadable' ELSE '' END
FROM (
    SELECT said.*, conversation.chat_id, random() < 0.0005 AS is_buried
    FROM messages AS said
    JOIN conversations AS conversation ON conversation.bot_id = said.bot_id AND conversation.id = said.conversation_id
    WHERE said.bot_id = %(bot)s AND said.role = 'user' AND said.created_at > now() - interval '8 days'
    ORDER BY said.created_at
) AS heard
