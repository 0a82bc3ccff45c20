-- The words of people, once per inbound row, however often a walk is taken.
INSERT INTO messages (
    id, bot_id, conversation_id, session_id, role, text, inbound_id, telegram_message_id, created_at,
    model, prompt_tokens, completion_tokens, cost_micros
)
SELECT
    id, %(bot_id)s, conversation_id, session_id, 'user', text, inbound_id, telegram_message_id, %(now)s,
    '', 0, 0, 0
FROM unnest(
    %(ids)s::uuid[], %(conversation_ids)s::uuid[], %(session_ids)s::uuid[], %(texts)s::text[],
    %(inbound_ids)s::uuid[], %(telegram_message_ids)s::bigint[]
) WITH ORDINALITY AS word (id, conversation_id, session_id, text, inbound_id, telegram_message_id, place)
ORDER BY place
ON CONFLICT (bot_id, inbound_id, role) WHERE inbound_id IS NOT NULL DO NOTHING
