-- An earlier holder of the lease died with these in flight, and nobody knows whether they left: a reply goes
-- out again, once; anything else is left for a person to decide.
UPDATE outbound_messages
SET
    state = CASE WHEN priority = 0 AND resends = 0 THEN 'pending' ELSE 'unknown' END,
    resends = resends + 1,
    settled_at = CASE WHEN priority = 0 AND resends = 0 THEN NULL ELSE %(now)s::timestamptz END,
    error = 'the sender died while this was in flight'
WHERE bot_id = %(bot_id)s AND settled_at IS NULL AND state = 'sending' AND epoch < %(epoch)s
