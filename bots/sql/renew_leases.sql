-- Rows are locked in the order of their ids: other statements of the same worker touch the same rows.
WITH mine AS (
    SELECT status.bot_id
    FROM bot_statuses AS status
    JOIN unnest(%(bot_ids)s::uuid[], %(epochs)s::bigint[]) AS held (bot_id, epoch)
        ON held.bot_id = status.bot_id AND held.epoch = status.lease_epoch
    WHERE status.lease_holder = %(holder)s
    ORDER BY status.bot_id
    FOR NO KEY UPDATE OF status
)
UPDATE bot_statuses AS status
SET lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
FROM mine
WHERE status.bot_id = mine.bot_id
RETURNING status.bot_id
