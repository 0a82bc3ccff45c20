-- A session's id comes from its moment and its mark, so that its messages find it.
INSERT INTO sessions (
    id, bot_id, conversation_id, kind, state, patterns, core_issue, question_count, data, summary, started_at,
    completed_at, last_error
)
SELECT
    (lpad(to_hex((extract(epoch FROM started_at) * 1000)::bigint), 12, '0') || '7' || substr(md5(mark::text), 1, 3)
        || '8' || substr(md5(mark::text), 4, 15))::uuid,
    %(bot)s, conversation_id,
    CASE WHEN is_diagnostic THEN 'diagnostic' ELSE 'natasha' END,
    CASE WHEN is_open THEN 'active' WHEN random() < 0.15 THEN 'abandoned' ELSE 'completed' END,
    CASE WHEN is_open THEN '[]' ELSE '["ждёт одобрения", "молчит, когда обидно"]' END::jsonb,
    CASE WHEN is_open THEN '' ELSE (%(texts)s::text[])[1 + floor(random() * cardinality(%(texts)s::text[]))::int] END,
    lines / 2, '{}',
    CASE WHEN is_open THEN '' ELSE (%(texts)s::text[])[1 + floor(random() * cardinality(%(texts)s::text[]))::int] END,
    started_at,
    CASE WHEN NOT is_open THEN started_at + lines * interval '45 seconds' END,
    ''
FROM seed_sessions
