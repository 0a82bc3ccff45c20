-- Of people who were seen lately: the first thing they said after a broadcast had reached them, within the time in which
-- it counts as an answer, and before the next one came: it is the latest broadcast that is answered.
WITH seen AS MATERIALIZED (
    SELECT id FROM profiles WHERE bot_id = %(bot_id)s AND last_seen_at > %(since)s
),
got AS (
    SELECT
        turn.id, turn.profile_id, turn.sent_at, turn.replied_at,
        lead(turn.sent_at) OVER (PARTITION BY turn.profile_id ORDER BY turn.sent_at, turn.id) AS next_at
    FROM seen
    JOIN broadcast_recipients AS turn ON turn.bot_id = %(bot_id)s AND turn.profile_id = seen.id
    WHERE turn.sent_at > %(not_before)s
),
answered AS (
    SELECT got.id, (
        SELECT min(act.created_at) FROM activity_logs AS act
        WHERE act.bot_id = %(bot_id)s AND act.profile_id = got.profile_id
            AND act.created_at > got.sent_at
            -- The smaller of those that are known.
            AND act.created_at < LEAST(got.sent_at + %(window)s::interval, got.next_at)
            AND act.kind IN ('message', 'voice', 'photo', 'document', 'video')
    ) AS at
    FROM got
    WHERE got.replied_at IS NULL
)
UPDATE broadcast_recipients AS turn
SET replied_at = answered.at
FROM answered
WHERE turn.bot_id = %(bot_id)s AND turn.id = answered.id AND answered.at IS NOT NULL AND turn.replied_at IS NULL
RETURNING turn.broadcast_id
