-- The broadcasts of these recipients as they stand, held so until the transaction ends.
SELECT turn.id AS recipient_id, whole.id AS broadcast_id, whole.state
FROM broadcast_recipients AS turn
JOIN broadcasts AS whole ON whole.id = turn.broadcast_id
WHERE turn.bot_id = %(bot_id)s AND turn.id = ANY (%(ids)s::uuid[])
ORDER BY whole.id
FOR SHARE OF whole
