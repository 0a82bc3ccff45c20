INSERT INTO events (id, bot_id, kind, profile_id, payload, correlation_id, created_at)
SELECT
    (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid,
    %(bot)s, kind, profile_id, payload, '', at
FROM (
    SELECT 'session.started' AS kind, profile_id, '{"kind": "natasha"}'::jsonb AS payload, started_at AS at
    FROM seed_sessions
    UNION ALL
    SELECT
        'session.completed', profile_id, jsonb_build_object('kind', 'natasha', 'questions', lines / 2),
        started_at + lines * interval '45 seconds'
    FROM seed_sessions
    WHERE NOT is_open
    UNION ALL
    SELECT 'consent.given', id, '{"terms": "2026-11"}', consented_at
    FROM profiles
    WHERE bot_id = %(bot)s AND consented_at IS NOT NULL
) AS happened
-- As they came.
ORDER BY at
