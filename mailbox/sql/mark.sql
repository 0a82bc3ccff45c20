-- What became of each message that was sent. A farewell keeps nothing of the person once it is out.
UPDATE outbound_messages AS sent
SET
    state = outcome.state,
    settled_at = CASE WHEN outcome.state <> 'pending' THEN %(now)s::timestamptz END,
    telegram_message_id = outcome.telegram_message_id,
    error = outcome.error,
    not_before = COALESCE(outcome.not_before, sent.not_before),
    method = COALESCE(outcome.method, sent.method),
    resends = sent.resends + outcome.is_resend::int,
    params = CASE WHEN outcome.params IS NOT NULL THEN outcome.params
        WHEN sent.is_farewell AND outcome.state <> 'pending' THEN '{}' ELSE sent.params END,
    chat_id = CASE WHEN sent.is_farewell AND outcome.state <> 'pending' THEN 0
        ELSE COALESCE(outcome.chat_id, sent.chat_id) END
FROM unnest(
    %(ids)s::uuid[], %(states)s::text[], %(message_ids)s::bigint[], %(errors)s::text[],
    %(not_before)s::timestamptz[], %(resends)s::boolean[], %(params)s::jsonb[], %(new_methods)s::text[],
    %(new_chats)s::bigint[]
) AS outcome (id, state, telegram_message_id, error, not_before, is_resend, params, method, chat_id)
WHERE sent.bot_id = %(bot_id)s AND sent.id = outcome.id AND sent.settled_at IS NULL AND sent.epoch = %(epoch)s
