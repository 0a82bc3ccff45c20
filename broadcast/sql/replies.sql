-- Of people who were seen lately: the first thing they said after the last broadcast that reached them, within the
-- time in which it counts as an answer to it.
WITH seen AS MATERIALIZED (
    SELECT id FROM profiles WHERE bot_id = %(bot_id)s AND last_seen_at > %(since)s
),
latest AS (
    SELECT DISTINCT ON (turn.profile_id) turn.id, turn.profile_id, turn.sent_at, turn.replied_at
    FROM seen
    JOIN broadcast_recipients AS turn ON turn.bot_id = %(bot_id)s AND turn.profile_id = seen.id
    WHERE turn.sent_at > %(not_before)s
    ORDER BY turn.profile_id, turn.sent_at DESC
),
answered AS (
    SELECT latest.id, (
        SELECT min(act.created_at) FROM activity_logs AS act
        WHERE act.bot_id = %(bot_id)s AND act.profile_id = latest.profile_id
            AND act.created_at > latest.sent_at AND act.created_at < latest.sent_at + %(window)s::interval
            AND act.kind IN ('message', 'voice', 'photo', 'document', 'video')
    ) AS at
    FROM latest
    WHERE latest.replied_at IS NULL
)
UPDATE broadcast_recipients AS turn
SET replied_at = answered.at
FROM answered
WHERE turn.bot_id = %(bot_id)s AND turn.id = answered.id AND answered.at IS NOT NULL AND turn.replied_at IS NULL
RETURNING turn.broadcast_id
