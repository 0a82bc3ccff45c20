-- The lanes of the rows that a claim looked at and took nothing of, and where it stopped looking.
SELECT max(seq) AS upto, array_agg(DISTINCT lane) AS lanes, count(*) AS seen
FROM (
    SELECT seq, lane
    FROM inbound_updates
    WHERE bot_id = %(bot_id)s AND settled_at IS NULL AND seq > %(after)s
        AND lane NOT IN (SELECT unnest(%(busy)s::bigint[]))
        AND (%(job_room)s::int > 0 OR lane < %(job_lanes)s::bigint)
    ORDER BY seq
    LIMIT %(scan)s
) AS looked
