-- Work of our own becomes rows; what was assigned before under the same key is left alone, and so is work about
-- somebody who has just been erased.
INSERT INTO inbound_updates (
    id, bot_id, update_id, kind, lane, user_id, may_wait, payload,
    attempts, epoch, due_at, received_at, settled_at, outcome, reason
)
SELECT
    job.id, %(bot_id)s, NULL, job.kind, job.lane, job.user_id, false, job.payload,
    0, 0, %(now)s, %(now)s, NULL, '', ''
FROM unnest(
    %(ids)s::uuid[], %(kinds)s::text[], %(lanes)s::bigint[], %(user_ids)s::bigint[], %(payloads)s::bytea[]
) AS job (id, kind, lane, user_id, payload)
WHERE EXISTS (SELECT FROM profiles WHERE bot_id = %(bot_id)s AND telegram_id = job.user_id)
ON CONFLICT (id) DO NOTHING
