-- Touches nothing where nothing changed, and nothing on behalf of a holder that has been replaced.
WITH before AS (
    SELECT bot_id, state, error, state_since, last_poll_at
    FROM bot_statuses
    WHERE bot_id = %(bot_id)s AND (%(epoch)s::bigint IS NULL OR lease_epoch = %(epoch)s)
    FOR NO KEY UPDATE
)
UPDATE bot_statuses AS status
SET state = %(state)s,
    state_since = CASE WHEN before.state = %(state)s THEN status.state_since ELSE %(now)s END,
    error = %(error)s,
    restarts = status.restarts + %(restarts_delta)s,
    generation = COALESCE(%(generation)s::integer, status.generation)
FROM before
WHERE status.bot_id = before.bot_id
    AND (
        before.state <> %(state)s
        OR before.error <> %(error)s
        OR %(restarts_delta)s <> 0
        OR COALESCE(%(generation)s::integer, status.generation) <> status.generation
    )
RETURNING
    before.state AS was,
    before.error AS was_error,
    before.state_since AS was_since,
    before.last_poll_at AS heard_at
