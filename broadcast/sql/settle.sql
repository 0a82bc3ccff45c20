-- What became of recipients whose message left the outbox: of those that are named, or (with no names) of all.
-- A message whose time was over was not sent: it waits again, for the day's hours.
WITH left_outbox AS (
    SELECT
        turn.id,
        CASE
            WHEN said.state = 'sent' THEN 'sent'
            WHEN said.state = 'unknown' THEN 'unknown'
            WHEN said.error = 'its time was over' THEN 'waiting'
            WHEN split_part(said.error, ':', 1) IN ('blocked', 'deactivated', 'chat_not_found') THEN 'blocked'
            ELSE 'failed'
        END AS state,
        said.error, said.telegram_message_id, said.settled_at
    FROM broadcast_recipients AS turn
    JOIN outbound_messages AS said ON said.bot_id = %(bot_id)s AND said.id = turn.outbound_id
    WHERE turn.bot_id = %(bot_id)s AND turn.state = 'released' AND said.settled_at IS NOT NULL
        AND turn.broadcast_id = ANY (%(broadcasts)s::uuid[])
        AND (%(ids)s::uuid[] IS NULL OR turn.id = ANY (%(ids)s::uuid[]))
)
UPDATE broadcast_recipients AS turn
SET
    state = left_outbox.state,
    reason = CASE WHEN left_outbox.state IN ('sent', 'waiting') THEN '' ELSE left(left_outbox.error, 200) END,
    sent_at = CASE WHEN left_outbox.state IN ('sent', 'unknown') THEN left_outbox.settled_at END,
    telegram_message_id = left_outbox.telegram_message_id,
    released_at = CASE WHEN left_outbox.state = 'waiting' THEN NULL ELSE turn.released_at END
FROM left_outbox
WHERE turn.bot_id = %(bot_id)s AND turn.id = left_outbox.id AND turn.state = 'released'
RETURNING turn.broadcast_id, turn.state, turn.sent_at
