WITH theirs AS (
    SELECT bot_id
    FROM bot_statuses
    WHERE starts_with(lease_holder, %(holder_prefix)s)
    ORDER BY bot_id
    FOR NO KEY UPDATE
)
UPDATE bot_statuses AS status
SET lease_holder = '', lease_until = NULL
FROM theirs
WHERE status.bot_id = theirs.bot_id
RETURNING status.bot_id
