-- What is to be said, once per key, in the order in which it was written down.
INSERT INTO outbound_messages (
    id, bot_id, key, chat_id, method, params, priority, is_farewell, state,
    attempts, resends, epoch, not_before, not_after, created_at, error, correlation_id
)
SELECT
    said.id, %(bot_id)s, said.key, said.chat_id, said.method, said.params, said.priority, said.is_farewell, 'pending',
    0, 0, 0, said.not_before, said.not_after, %(now)s, '', said.correlation_id
FROM unnest(
    %(ids)s::uuid[], %(keys)s::text[], %(chat_ids)s::bigint[], %(methods)s::text[], %(params)s::jsonb[],
    %(priorities)s::smallint[], %(farewells)s::boolean[], %(not_before)s::timestamptz[],
    %(not_after)s::timestamptz[], %(correlation_ids)s::text[]
) WITH ORDINALITY AS said (
    id, key, chat_id, method, params, priority, is_farewell, not_before, not_after, correlation_id, place
)
ORDER BY said.place
ON CONFLICT (bot_id, key) DO NOTHING
