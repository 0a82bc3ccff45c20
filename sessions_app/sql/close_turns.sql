-- Our words with what they cost, and the session that they move on.
WITH closing AS (
    SELECT * FROM unnest(
        %(ids)s::uuid[], %(conversation_ids)s::uuid[], %(session_ids)s::uuid[], %(texts)s::text[],
        %(inbound_ids)s::uuid[], %(models)s::text[], %(prompt_tokens)s::int[], %(completion_tokens)s::int[],
        %(cost_micros)s::bigint[], %(latencies)s::int[], %(prompt_version_ids)s::uuid[], %(errors)s::text[],
        %(data)s::jsonb[]
    ) AS turn (
        id, conversation_id, session_id, text, inbound_id, model, prompt_tokens, completion_tokens,
        cost_micros, latency_ms, prompt_version_id, error, data
    )
),
said AS (
    INSERT INTO messages (
        id, bot_id, conversation_id, session_id, role, text, inbound_id, created_at,
        model, prompt_tokens, completion_tokens, cost_micros, latency_ms, prompt_version_id
    )
    SELECT
        id, %(bot_id)s, conversation_id, session_id, 'bot', text, inbound_id, %(now)s,
        model, prompt_tokens, completion_tokens, cost_micros, latency_ms, prompt_version_id
    FROM closing
)
UPDATE sessions AS open
SET
    question_count = open.question_count + (closing.error = '')::int,
    last_error = closing.error,
    last_error_at = CASE WHEN closing.error <> '' THEN %(now)s::timestamptz ELSE open.last_error_at END,
    data = COALESCE(closing.data, open.data)
FROM closing
WHERE open.bot_id = %(bot_id)s AND open.id = closing.session_id
