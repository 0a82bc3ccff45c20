-- One slice of what is older than the horizon moves to the archive, the oldest first.
WITH picked AS MATERIALIZED (
    SELECT id, profile_id, created_at
    FROM activity_logs
    WHERE bot_id = %(bot_id)s AND created_at < %(horizon)s
        AND (created_at, id) > (%(after_at)s, %(after_id)s)
    ORDER BY created_at, id
    LIMIT %(slice)s
),
-- A person whose row somebody holds is left for the next pass: nobody waits for anybody in a circle.
people AS MATERIALIZED (
    SELECT id FROM profiles
    -- An array, so that they are looked up one by one: as a join, all people of the bot would be gone through.
    WHERE bot_id = %(bot_id)s AND id = ANY (ARRAY(SELECT DISTINCT profile_id FROM picked))
    FOR NO KEY UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM activity_logs AS act USING picked, people
    WHERE act.bot_id = %(bot_id)s AND act.id = picked.id AND people.id = picked.profile_id
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
SELECT
    (SELECT count(*) FROM gone) AS moved, picked.created_at AS reached_at, picked.id AS reached_id
FROM picked
ORDER BY picked.created_at DESC, picked.id DESC
LIMIT 1
