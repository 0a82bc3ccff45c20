-- What was decided about recipients whose rows are locked.
UPDATE broadcast_recipients AS turn
SET
    state = decided.state, reason = decided.reason, variant = decided.variant, language = decided.language,
    not_before = decided.not_before, outbound_id = decided.outbound_id,
    tries = turn.tries + (decided.state = 'released')::int,
    released_at = CASE WHEN decided.state = 'released' THEN %(now)s ELSE turn.released_at END
FROM unnest(
    %(ids)s::uuid[], %(states)s::text[], %(reasons)s::text[], %(variants)s::smallint[], %(languages)s::text[],
    %(not_before)s::timestamptz[], %(outbound_ids)s::uuid[]
) AS decided (id, state, reason, variant, language, not_before, outbound_id)
WHERE turn.bot_id = %(bot_id)s AND turn.id = decided.id
    -- Said once more, so that a ledger that was filled a moment ago is looked into by these ids as well.
    AND turn.id = ANY (%(ids)s::uuid[])
