-- The rows are done with, if they are still in the hand of this holder of the lease.
UPDATE inbound_updates
SET settled_at = %(now)s, outcome = 'done', payload = CASE WHEN %(blank)s THEN ''::bytea ELSE payload END
WHERE bot_id = %(bot_id)s AND id = ANY (%(ids)s::uuid[]) AND settled_at IS NULL AND epoch = %(epoch)s
