-- GREATEST passes over NULL, and keeps a late report from turning the time back.
WITH seen AS (
    SELECT status.bot_id, polled.poll_at, polled.update_at
    FROM bot_statuses AS status
    JOIN unnest(%(bot_ids)s::uuid[], %(poll_times)s::timestamptz[], %(update_times)s::timestamptz[])
        AS polled (bot_id, poll_at, update_at) ON polled.bot_id = status.bot_id
    ORDER BY status.bot_id
    FOR NO KEY UPDATE OF status
)
UPDATE bot_statuses AS status
SET last_poll_at = GREATEST(status.last_poll_at, seen.poll_at),
    last_update_at = GREATEST(status.last_update_at, seen.update_at)
FROM seen
WHERE status.bot_id = seen.bot_id
