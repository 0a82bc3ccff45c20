-- Whose activity has rows to move, and about how many, among so many people after this one: an index-only scan that
-- goes through each person's rows once.
WITH looked AS MATERIALIZED (
    SELECT profile_id, count(*) AS held, count(*) FILTER (WHERE created_at < %(horizon)s) AS old
    FROM activity_logs
    WHERE bot_id = %(bot_id)s AND profile_id > %(after_id)s
    GROUP BY profile_id
    ORDER BY profile_id
    LIMIT %(people)s
)
SELECT profile_id, greatest(old, held - %(kept)s) AS due
FROM looked
WHERE old > 0 OR held > %(kept)s OR profile_id = (SELECT profile_id FROM looked ORDER BY profile_id DESC LIMIT 1)
ORDER BY profile_id
