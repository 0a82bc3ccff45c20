-- The broadcast as it stands, held so until the transaction ends: nobody pauses it while its recipients are taken.
SELECT state, winner, changed_at FROM broadcasts
WHERE id = %(broadcast_id)s AND %(bot_id)s = ANY (bot_ids)
FOR SHARE
