-- What waits in the outbox comes back into the ledger; what is being sent stays.
WITH taken AS (
    DELETE FROM outbound_messages AS said
    USING broadcast_recipients AS turn
    WHERE turn.bot_id = %(bot_id)s AND turn.broadcast_id = %(broadcast_id)s AND turn.state = 'released'
        AND (%(ids)s::uuid[] IS NULL OR turn.id = ANY (%(ids)s::uuid[]))
        AND said.bot_id = %(bot_id)s AND said.id = turn.outbound_id
        AND said.state = 'pending' AND said.settled_at IS NULL
    RETURNING turn.id
)
UPDATE broadcast_recipients AS turn
SET state = 'waiting', reason = '', outbound_id = NULL, released_at = NULL
FROM taken
WHERE turn.bot_id = %(bot_id)s AND turn.id = taken.id
