-- Take the head of each free lane in hand; where it is free text, with the free text that follows it directly.
-- The scan begins at the oldest open row, so the first row of a lane in it is the lane's head. A row that was
-- taken twice before is taken by itself: if it ends this process too, no other row is to blame. Its attempt is
-- counted only when it is really tried, alone (try_alone.sql): many may wait for that when a process dies. Who
-- lost the lease and has not noticed takes nothing, so that the one who holds it is not robbed. Where a look took
-- nothing, the next begins behind its last row (after), and knows the lanes that it passed over as busy.
WITH waiting AS (
    SELECT id, seq, lane, may_wait, attempts, due_at, received_at
    FROM inbound_updates
    WHERE bot_id = %(bot_id)s AND settled_at IS NULL AND seq > %(after)s
        -- A subquery is hashed, an array is searched from its beginning for each row: there may be a thousand.
        AND lane NOT IN (SELECT unnest(%(busy)s::bigint[]))
        -- Work of our own must not hide people where there is no room for it anyway.
        AND (%(job_room)s::int > 0 OR lane < %(job_lanes)s::bigint)
        AND EXISTS (SELECT FROM bot_statuses WHERE bot_id = %(bot_id)s AND lease_epoch = %(epoch)s)
    ORDER BY seq
    LIMIT %(scan)s
),
placed AS (
    SELECT
        id, seq, lane, due_at, attempts,
        CASE WHEN lane >= %(job_lanes)s::bigint THEN 'job' WHEN first_value(may_wait) OVER in_order THEN 'text' ELSE '' END
            AS head,
        row_number() OVER in_order AS place,
        bool_and(may_wait AND attempts < 2) OVER in_order AS joins,
        first_value(due_at) OVER in_order AS head_due_at,
        first_value(received_at) OVER in_order AS head_received_at,
        count(*) OVER (PARTITION BY lane) AS in_lane,
        count(*) OVER () AS seen
    FROM waiting
    WINDOW in_order AS (PARTITION BY lane ORDER BY seq)
),
burst AS (
    SELECT * FROM placed WHERE place = 1 OR (joins AND place <= %(burst)s)
),
due AS (
    SELECT
        lane, min(seq) AS seq, head,
        row_number() OVER (PARTITION BY head ORDER BY min(seq)) AS place
    FROM burst
    GROUP BY lane, head
    HAVING min(head_due_at) <= %(now)s AND (max(due_at) <= %(now)s OR min(head_received_at) <= %(patience)s)
),
ready AS (
    SELECT lane FROM due
    WHERE place <= CASE head WHEN 'job' THEN %(job_room)s::int WHEN 'text' THEN %(text_room)s::int ELSE %(lanes)s END
    ORDER BY head = 'job', seq
    LIMIT %(lanes)s
),
-- By itself, so that no other row than those that are taken is looked up again.
chosen AS MATERIALIZED (
    SELECT * FROM burst WHERE lane IN (SELECT lane FROM ready)
)
UPDATE inbound_updates AS taken
SET attempts = taken.attempts + (taken.attempts < 2)::int, epoch = %(epoch)s
FROM chosen
WHERE taken.bot_id = %(bot_id)s AND taken.id = chosen.id
    -- Looked at again once the row's lock is had: an earlier holder may have settled it in the meantime.
    AND taken.settled_at IS NULL
RETURNING
    taken.id, taken.seq, taken.update_id, taken.kind, taken.lane, taken.user_id,
    taken.payload, taken.attempts + (chosen.attempts >= 2)::int AS attempts, taken.received_at, taken.reason,
    chosen.in_lane, chosen.seen
