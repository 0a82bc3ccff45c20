INSERT INTO activity_logs (id, bot_id, profile_id, kind, details, created_at)
SELECT
    (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid,
    %(bot)s, profile_id, kind, details::jsonb, at
FROM (
    SELECT
        session.profile_id, 'message' AS kind, '{}' AS details,
        session.started_at + line * interval '40 seconds' AS at
    FROM seed_sessions AS session
    CROSS JOIN LATERAL generate_series(1, session.lines, 2) AS line
    UNION ALL
    SELECT profile_id, 'command', '{"command": "natasha"}', started_at FROM seed_sessions
    UNION ALL
    SELECT id, 'command', '{"command": "start"}', created_at FROM profiles WHERE bot_id = %(bot)s
) AS act
-- As they came.
ORDER BY at
