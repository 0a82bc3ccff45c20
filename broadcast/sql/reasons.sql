-- Why recipients are as they are, of the first so many of each bot and state: counting a million of them is for nobody.
SELECT found.state, found.reason, count(*) AS count
FROM unnest(%(bot_ids)s::uuid[]) AS bot (id)
CROSS JOIN unnest(%(states)s::text[]) AS wanted (state)
CROSS JOIN LATERAL (
    SELECT turn.state, turn.reason FROM broadcast_recipients AS turn
    WHERE turn.bot_id = bot.id AND turn.broadcast_id = %(broadcast_id)s AND turn.state = wanted.state
    LIMIT %(most)s
) AS found
GROUP BY found.state, found.reason
ORDER BY count(*) DESC, found.state, found.reason
LIMIT 50
