-- What is known of those with whom a session went deep, with the sentence that it came from.
INSERT INTO findings (
    id, bot_id, profile_id, kind, value, sentence, origin, digest, is_refused, session_id, created_at, ended_at
)
SELECT
    (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid,
    %(bot)s, person.id, line.kind, line.value,
    (%(texts)s::text[])[1 + floor(random() * cardinality(%(texts)s::text[]))::int],
    line.origin, md5(line.kind || line.value), false, NULL, at, NULL
FROM profiles AS person
CROSS JOIN LATERAL (
    VALUES
        ('age', person.age::text, 'said'),
        ('location', person.location, 'said'),
        ('theme', 'доверие', 'session'),
        ('theme', 'границы', 'rotation'),
        ('pattern', 'ждёт одобрения', 'session'),
        ('pattern', 'молчит, когда обидно', 'session'),
        ('interest', 'психология', 'rotation')
) AS line (kind, value, origin)
CROSS JOIN LATERAL (SELECT person.created_at + random() * (person.last_seen_at - person.created_at) AS at) AS moment
WHERE person.bot_id = %(bot)s AND person.psychotype <> '' AND line.value <> ''
