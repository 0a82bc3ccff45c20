-- Recipients whose message is no longer in the outbox though nothing became of it: people who were erased
-- meanwhile, or a row that was lost, which nobody may send again by themselves.
UPDATE broadcast_recipients AS turn
SET
    state = CASE WHEN turn.profile_id IS NULL THEN 'erased' ELSE 'unknown' END,
    reason = CASE WHEN turn.profile_id IS NULL THEN 'erased' ELSE 'lost' END
WHERE turn.bot_id = %(bot_id)s AND turn.broadcast_id = %(broadcast_id)s AND turn.state = 'released'
    AND NOT EXISTS (
        SELECT FROM outbound_messages AS said WHERE said.bot_id = %(bot_id)s AND said.id = turn.outbound_id
    )
RETURNING turn.broadcast_id, turn.state, turn.sent_at
