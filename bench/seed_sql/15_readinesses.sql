INSERT INTO readinesses (id, bot_id, profile_id, streams, digest, chosen, chosen_at, created_at)
SELECT
    (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid,
    %(bot)s, person.id,
    jsonb_build_array(jsonb_build_object(
        'slug', 'hero-path', 'percent', (random() * 100)::int, 'reason', 'говорит о выборе', 'quote', ''
    )),
    md5(person.id::text || number), '', NULL, at
FROM profiles AS person
CROSS JOIN LATERAL generate_series(1, 1 + (ascii(right(person.id::text, 1)) %% 3)) AS number
CROSS JOIN LATERAL (SELECT person.created_at + number * interval '3 days' AS at) AS moment
WHERE person.bot_id = %(bot)s AND person.psychotype <> ''
