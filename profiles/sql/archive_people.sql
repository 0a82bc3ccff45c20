-- One slice of what these people have too much, by age or by number, moves to the archive, the oldest first.
WITH people AS MATERIALIZED (
    SELECT id FROM profiles
    WHERE bot_id = %(bot_id)s AND id = ANY (%(profile_ids)s::uuid[])
    FOR NO KEY UPDATE SKIP LOCKED
),
picked AS MATERIALIZED (
    SELECT act.id
    FROM people
    -- The newest row that is one too many; no row, and so nothing but age, where they have fewer.
    LEFT JOIN LATERAL (
        SELECT created_at, id FROM activity_logs
        WHERE bot_id = %(bot_id)s AND profile_id = people.id
        ORDER BY created_at DESC, id DESC
        OFFSET %(kept)s LIMIT 1
    ) AS spare ON true
    CROSS JOIN LATERAL (
        SELECT id FROM activity_logs
        WHERE bot_id = %(bot_id)s AND profile_id = people.id
            AND created_at <= greatest(spare.created_at, %(horizon)s)
            AND (created_at < %(horizon)s OR (created_at, id) <= (spare.created_at, spare.id))
        ORDER BY created_at, id
        LIMIT %(slice)s
    ) AS act
    LIMIT %(slice)s
),
gone AS (
    DELETE FROM activity_logs AS act USING picked
    WHERE act.bot_id = %(bot_id)s AND act.id = picked.id
    RETURNING act.id, act.profile_id, act.kind, act.details, act.created_at
),
moved AS (
    INSERT INTO activity_archive (id, bot_id, profile_id, kind, details, created_at, archived_at)
    SELECT id, %(bot_id)s, profile_id, kind, details, created_at, %(now)s FROM gone
    ON CONFLICT (bot_id, id) DO NOTHING
    RETURNING profile_id
),
counted AS (
    UPDATE profiles SET archived_activity = archived_activity + of_person.rows
    FROM (SELECT profile_id, count(*) AS rows FROM moved GROUP BY profile_id) AS of_person
    WHERE profiles.bot_id = %(bot_id)s AND profiles.id = of_person.profile_id
)
SELECT count(*) AS moved, count(*) FILTER (WHERE created_at < %(horizon)s) AS old FROM gone
