-- Person and bot take turns. What a person said and what answers it name the same inbound row.
INSERT INTO messages (
    id, bot_id, conversation_id, session_id, role, text, inbound_id, telegram_message_id, created_at,
    model, prompt_tokens, completion_tokens, cost_micros, latency_ms
)
SELECT
    (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid,
    %(bot)s, conversation_id, session_id,
    CASE WHEN is_answer THEN 'bot' ELSE 'user' END,
    -- Some sentences in a row: one most often, sometimes a whole page.
    CASE WHEN is_answer
        THEN array_to_string((%(answers)s::text[])[first_answer:first_answer + 1], ' ')
        ELSE array_to_string((%(texts)s::text[])[first_text:first_text + length], ' ') END,
    md5(mark::text || (line - 1) / 2)::uuid, line, at,
    CASE WHEN is_answer THEN 'gpt-4o-mini' ELSE '' END,
    CASE WHEN is_answer THEN 800 + (random() * 1500)::int ELSE 0 END,
    CASE WHEN is_answer THEN 40 + (random() * 120)::int ELSE 0 END,
    CASE WHEN is_answer THEN 150 + (random() * 300)::int ELSE 0 END,
    CASE WHEN is_answer THEN 600 + (power(random(), 3) * 8000)::int END
FROM (
    SELECT
        conversation_id, mark, line, line %% 2 = 0 AS is_answer,
        (lpad(to_hex((extract(epoch FROM started_at) * 1000)::bigint), 12, '0') || '7' || substr(md5(mark::text), 1, 3)
            || '8' || substr(md5(mark::text), 4, 15))::uuid AS session_id,
        started_at + line * interval '40 seconds' AS at,
        1 + floor(random() * (cardinality(%(texts)s::text[]) - 14))::int AS first_text,
        1 + floor(random() * (cardinality(%(answers)s::text[]) - 1))::int AS first_answer,
        floor(power(random(), 5) * 14)::int AS length
    FROM seed_sessions
    CROSS JOIN LATERAL generate_series(1, lines) AS line
) AS said
-- As they came.
ORDER BY at
