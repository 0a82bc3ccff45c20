-- Back into the queue, at the head of its lane, not to be taken before a while has passed.
UPDATE inbound_updates
SET due_at = %(due_at)s, reason = %(reason)s
WHERE bot_id = %(bot_id)s AND id = ANY (%(ids)s::uuid[]) AND settled_at IS NULL AND epoch = %(epoch)s
