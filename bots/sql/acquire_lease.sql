-- The row count is the answer: whoever gets the row holds the bot. The database's clock decides, since
-- the clocks of several hosts differ; clock_timestamp, since now() stands still while waiting for the row.
INSERT INTO bot_statuses AS held (bot_id, state, error, generation, restarts, lease_holder, lease_epoch, lease_until)
VALUES (
    %(bot_id)s, 'stopped', '', 0, 0, %(holder)s, 1, clock_timestamp() + make_interval(secs => %(seconds)s)
)
ON CONFLICT (bot_id) DO UPDATE
SET lease_holder = EXCLUDED.lease_holder,
    lease_epoch = held.lease_epoch + 1,
    lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE held.lease_holder = '' OR held.lease_until IS NULL OR held.lease_until < clock_timestamp()
RETURNING lease_epoch
