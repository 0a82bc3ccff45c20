INSERT INTO outbound_messages (
    id, bot_id, key, chat_id, method, params, priority, is_farewell, state, attempts, resends, epoch, not_before,
    created_at, settled_at, telegram_message_id, error, correlation_id
)
SELECT
    gen_random_uuid(), %(bot)s, said.inbound_id || ':0', conversation.chat_id, 'sendMessage',
    jsonb_build_object('chat_id', conversation.chat_id, 'text', said.text, 'parse_mode', 'HTML'),
    0, false, CASE WHEN is_failed THEN 'failed' ELSE 'sent' END, 1, 0, 1, said.created_at, said.created_at,
    said.created_at + interval '1 second', said.telegram_message_id,
    CASE WHEN is_failed THEN 'blocked: Forbidden: bot was blocked by the user' ELSE '' END, said.inbound_id::text
FROM (
    SELECT *, random() < 0.002 AS is_failed
    FROM messages
    WHERE bot_id = %(bot)s AND role = 'bot' AND created_at > now() - interval '8 days'
    ORDER BY created_at
) AS said
JOIN conversations AS conversation ON conversation.bot_id = said.bot_id AND conversation.id = said.conversation_id
