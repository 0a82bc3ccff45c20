-- One batch of one bot becomes rows, in the order in which it was heard; what is known already is left alone.
INSERT INTO inbound_updates (
    id, bot_id, update_id, kind, lane, user_id, may_wait, payload,
    attempts, epoch, due_at, received_at, settled_at, outcome, reason
)
SELECT
    heard.id, %(bot_id)s, heard.update_id, heard.kind, heard.lane, heard.user_id, heard.may_wait, heard.payload,
    0, 0, heard.due_at, %(now)s,
    CASE WHEN heard.reason <> '' THEN %(now)s::timestamptz END,
    CASE WHEN heard.reason <> '' THEN 'buried' ELSE '' END,
    heard.reason
FROM unnest(
    %(ids)s::uuid[], %(update_ids)s::bigint[], %(kinds)s::text[], %(lanes)s::bigint[], %(user_ids)s::bigint[],
    %(may_wait)s::boolean[], %(payloads)s::bytea[], %(due_at)s::timestamptz[], %(reasons)s::text[]
) WITH ORDINALITY AS heard (id, update_id, kind, lane, user_id, may_wait, payload, due_at, reason, place)
ORDER BY heard.place
ON CONFLICT (bot_id, update_id) WHERE update_id IS NOT NULL DO NOTHING
