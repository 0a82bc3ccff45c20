-- What was said before in each session, newest last; not the words that are being answered.
SELECT session.id AS session_id, said.role, said.text
FROM unnest(%(session_ids)s::uuid[]) AS session (id)
CROSS JOIN LATERAL (
    SELECT role, text, created_at, id
    FROM messages
    WHERE bot_id = %(bot_id)s AND session_id = session.id
        AND (inbound_id IS NULL OR inbound_id <> ALL (%(inbound_ids)s::uuid[]))
    ORDER BY created_at DESC, id DESC
    LIMIT %(longest)s
) AS said
ORDER BY session.id, said.created_at, said.id
