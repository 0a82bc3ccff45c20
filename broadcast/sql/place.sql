-- People into the ledger, each where their buckets place them (`broadcast.comparison` has the same): the control gets
-- nothing, the rest beyond those who try the texts out waits for the better one. A bucket, 0 to 9999, is made from
-- the first 32 bits of an MD5. Whoever is in the ledger already stays as they are. Who is meant is a query of its
-- own, put in here: nobody leaves the server.
WITH person (id, telegram_id) AS MATERIALIZED (
    %(people)s
),
placed AS (
    SELECT person.id, person.telegram_id, CASE
        WHEN %(control)s::int > 0 AND (
            'x' || substr(md5('control:' || %(broadcast)s::text || ':' || person.telegram_id), 1, 8)
        )::bit(32)::bigint %% 10000 < %(control)s::int THEN 'control'
        WHEN %(test)s::int < 10000 AND (
            'x' || substr(md5('test:' || %(broadcast)s::text || ':' || person.telegram_id), 1, 8)
        )::bit(32)::bigint %% 10000 >= %(test)s::int THEN 'spare'
        ELSE 'waiting'
    END AS state
    FROM person
),
added AS (
    INSERT INTO broadcast_recipients (id, bot_id, broadcast_id, profile_id, state, reason, variant, language, tries)
    SELECT
        -- Ordered by time, like all ids of ours: a million at random would touch each page of two indexes again and again.
        (
            lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
            || substr(replace(gen_random_uuid()::text, '-', ''), 14)
        )::uuid,
        %(bot_id)s, %(broadcast)s::uuid, placed.id, placed.state, '',
        CASE
            WHEN placed.state <> 'waiting' THEN NULL
            WHEN %(variants)s::int = 1 THEN 0
            ELSE (
                'x' || substr(md5('variant:' || %(broadcast)s::text || ':' || placed.telegram_id), 1, 8)
            )::bit(32)::bigint %% 10000 %% %(variants)s::int
        END,
        '', 0
    FROM placed
    ON CONFLICT (bot_id, profile_id, broadcast_id) DO NOTHING
    RETURNING state
)
SELECT
    (SELECT count(*) FROM person) AS looked_at,
    (SELECT id FROM person ORDER BY id DESC LIMIT 1) AS last_id,
    count(*) AS total,
    count(*) FILTER (WHERE state = 'spare') AS spare,
    count(*) FILTER (WHERE state = 'control') AS control
FROM added
