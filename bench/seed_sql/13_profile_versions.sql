-- The summaries that came before the present one.
INSERT INTO profile_versions (
    id, bot_id, profile_id, number, psychological_summary, streams, what_changed, origin, run_id, author_id,
    created_at
)
SELECT
    (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid,
    %(bot)s, person.id, number,
    (%(texts)s::text[])[1 + floor(random() * cardinality(%(texts)s::text[]))::int],
    '[]', CASE WHEN number > 1 THEN 'стала говорить о себе прямее' ELSE '' END, 'rotation', NULL, NULL, at
FROM profiles AS person
CROSS JOIN LATERAL generate_series(1, 1 + (ascii(right(person.id::text, 1)) %% 4)) AS number
CROSS JOIN LATERAL (SELECT person.created_at + number * interval '7 days' AS at) AS moment
WHERE person.bot_id = %(bot)s AND person.psychotype <> ''
