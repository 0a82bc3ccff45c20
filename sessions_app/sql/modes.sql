-- In which of these conversations the bot does not answer by itself now; held so until the transaction ends, so that
-- whoever takes one over finds our answer said, or not.
SELECT conversation_id, mode
FROM inbox_items
WHERE bot_id = %(bot_id)s AND conversation_id = ANY (%(conversation_ids)s::uuid[])
    AND (mode = 'drafts' OR (mode = 'human' AND hand_back_at > %(now)s))
FOR SHARE
