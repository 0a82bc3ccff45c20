-- What became of these recipients, whose messages left the outbox. A message whose time was over was not sent: it
-- waits again, for the day's hours.
-- Each row is looked up by its id, whatever the planner thinks of a ledger that was filled a moment ago.
WITH left_outbox AS MATERIALIZED (
    SELECT
        turn.id, turn.broadcast_id,
        CASE
            WHEN said.state = 'sent' THEN 'sent'
            WHEN said.state = 'unknown' THEN 'unknown'
            WHEN said.error IN ('its time was over', 'taken back') THEN 'waiting'
            WHEN split_part(said.error, ':', 1) IN ('blocked', 'deactivated', 'chat_not_found') THEN 'blocked'
            ELSE 'failed'
        END AS state,
        said.error, said.telegram_message_id, said.settled_at
    FROM unnest(%(ids)s::uuid[]) AS named (id)
    CROSS JOIN LATERAL (
        SELECT each.id, each.broadcast_id, each.outbound_id
        FROM broadcast_recipients AS each
        WHERE each.id = named.id AND each.bot_id = %(bot_id)s AND each.state = 'released'
        OFFSET 0
    ) AS turn
    CROSS JOIN LATERAL (
        SELECT each.state, each.error, each.telegram_message_id, each.settled_at
        FROM outbound_messages AS each
        WHERE each.id = turn.outbound_id AND each.bot_id = %(bot_id)s AND each.settled_at IS NOT NULL
        OFFSET 0
    ) AS said
    ORDER BY turn.id
)
UPDATE broadcast_recipients AS turn
SET
    state = left_outbox.state,
    reason = CASE WHEN left_outbox.state IN ('sent', 'waiting') THEN '' ELSE left(left_outbox.error, 200) END,
    sent_at = CASE WHEN left_outbox.state IN ('sent', 'unknown') THEN left_outbox.settled_at END,
    telegram_message_id = left_outbox.telegram_message_id,
    released_at = CASE WHEN left_outbox.state = 'waiting' THEN NULL ELSE turn.released_at END
FROM left_outbox
WHERE turn.bot_id = %(bot_id)s AND turn.broadcast_id = left_outbox.broadcast_id AND turn.id = left_outbox.id
    AND turn.state = 'released'
RETURNING turn.broadcast_id, turn.state, turn.sent_at
