-- A suspect's turn has come: from here on it is to blame if this process ends.
UPDATE inbound_updates
SET attempts = attempts + 1
WHERE bot_id = %(bot_id)s AND id = ANY (%(ids)s::uuid[]) AND settled_at IS NULL AND epoch = %(epoch)s
