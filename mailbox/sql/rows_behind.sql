-- What stands behind rows in hand in their lanes, of the newest of the queue: a look, which must cost little however
-- deep the queue is.
SELECT lane, kind, payload
FROM (
    SELECT id, seq, lane, kind, payload
    FROM inbound_updates
    WHERE bot_id = %(bot_id)s AND settled_at IS NULL AND seq > %(after)s
    ORDER BY seq DESC
    LIMIT %(scan)s
) AS newest
WHERE lane = ANY (%(lanes)s::bigint[]) AND id <> ALL (%(in_hand)s::uuid[])
ORDER BY seq DESC
LIMIT %(most)s
