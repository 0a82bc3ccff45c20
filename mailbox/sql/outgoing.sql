-- The next message of each chat that may be written to, as many as may leave now: replies first, then by age; of
-- broadcasts no more than their own number.
-- Who lost the lease and has not noticed takes nothing: what the new holder is sending would go out twice.
WITH waiting AS (
    SELECT id, seq, chat_id, priority, not_before
    FROM outbound_messages
    WHERE bot_id = %(bot_id)s AND settled_at IS NULL AND chat_id <> ALL (%(busy)s::bigint[])
        AND EXISTS (SELECT FROM bot_statuses WHERE bot_id = %(bot_id)s AND lease_epoch = %(epoch)s)
    ORDER BY priority, seq
    LIMIT %(scan)s
),
heads AS (
    SELECT DISTINCT ON (chat_id) id, seq, priority, not_before
    FROM waiting
    ORDER BY chat_id, priority, seq
),
ready AS (
    SELECT id, seq, priority, row_number() OVER (PARTITION BY priority ORDER BY seq) AS place
    FROM heads
    WHERE not_before <= %(now)s
),
next AS (
    SELECT id FROM ready
    WHERE priority < %(bulk)s OR place <= %(bulk_slots)s
    ORDER BY priority, seq
    LIMIT %(slots)s
),
-- Whoever takes messages back at this moment holds them, and waits for what the sender has written down before.
free AS (
    SELECT id FROM outbound_messages
    WHERE bot_id = %(bot_id)s AND id IN (SELECT id FROM next) AND settled_at IS NULL
    FOR UPDATE SKIP LOCKED
)
UPDATE outbound_messages AS taken
SET state = 'sending', attempts = taken.attempts + 1, epoch = %(epoch)s
FROM free
WHERE taken.bot_id = %(bot_id)s AND taken.id = free.id
    -- Looked at again once the row's lock is had: an earlier holder may have marked it in the meantime.
    AND taken.settled_at IS NULL
RETURNING
    taken.id, taken.seq, taken.key, taken.chat_id, taken.method, taken.params, taken.priority,
    taken.attempts, taken.resends, taken.is_farewell, taken.correlation_id, taken.created_at,
    taken.not_after
