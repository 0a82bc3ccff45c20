-- Out of the queue for good, with its reason, for staff to look at.
UPDATE inbound_updates
SET settled_at = %(now)s, outcome = 'buried', reason = %(reason)s,
    payload = CASE WHEN %(blank)s THEN ''::bytea ELSE payload END
WHERE bot_id = %(bot_id)s AND id = ANY (%(ids)s::uuid[]) AND settled_at IS NULL AND epoch = %(epoch)s
