-- Not taken after all: whoever comes next begins where this holder stopped, and the attempt does not count.
UPDATE inbound_updates
SET attempts = greatest(attempts - 1, 0)
WHERE bot_id = %(bot_id)s AND id = ANY (%(ids)s::uuid[]) AND settled_at IS NULL AND epoch = %(epoch)s
