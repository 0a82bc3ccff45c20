-- What became of those who got each of the texts.
SELECT
    turn.variant, count(*) AS sent, count(turn.replied_at) AS replied, count(turn.clicked_at) AS clicked
FROM broadcast_recipients AS turn
WHERE turn.bot_id = ANY (%(bot_ids)s::uuid[]) AND turn.broadcast_id = %(broadcast_id)s AND turn.state = 'sent'
GROUP BY turn.variant
ORDER BY turn.variant
