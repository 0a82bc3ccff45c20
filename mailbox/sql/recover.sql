-- An earlier holder of the lease died with these in flight, and nobody knows whether they left: a reply goes
-- out again, once; anything else is left for a person to decide, but for a farewell, which keeps nothing.
WITH decided AS (
    SELECT id, priority = 0 AND resends = 0 AS goes_out_again
    FROM outbound_messages
    WHERE bot_id = %(bot_id)s AND settled_at IS NULL AND state = 'sending' AND epoch < %(epoch)s
)
UPDATE outbound_messages AS sent
SET
    state = CASE WHEN goes_out_again THEN 'pending' ELSE 'unknown' END,
    resends = sent.resends + 1,
    settled_at = CASE WHEN goes_out_again THEN NULL ELSE %(now)s::timestamptz END,
    error = 'the sender died while this was in flight',
    params = CASE WHEN sent.is_farewell AND NOT goes_out_again THEN '{}' ELSE sent.params END,
    chat_id = CASE WHEN sent.is_farewell AND NOT goes_out_again THEN 0 ELSE sent.chat_id END
FROM decided
WHERE sent.bot_id = %(bot_id)s AND sent.id = decided.id AND sent.settled_at IS NULL
