-- What was said in a conversation before a place, the newest first, and what became of what operators said.
SELECT
    said.id, said.role, said.text, said.created_at, said.edited_at, said.operator_id, said.model, said.inbound_id,
    coalesce(nullif(trim(operator.first_name || ' ' || operator.last_name), ''), operator.username) AS operator_name,
    outbound.state AS sending, outbound.method = 'sendPhoto' AS has_photo
FROM (
    SELECT *
    FROM messages
    WHERE bot_id = %(bot_id)s AND conversation_id = %(conversation_id)s
        AND created_at <= %(before_at)s AND created_at >= %(since)s
        AND (created_at < %(before_at)s OR id < %(before_id)s)
    ORDER BY created_at DESC, id DESC
    LIMIT %(most)s
) AS said
LEFT JOIN auth_user AS operator ON operator.id = said.operator_id
LEFT JOIN outbound_messages AS outbound
    ON said.operator_id IS NOT NULL AND outbound.bot_id = said.bot_id
    AND outbound.key = 'operator:' || said.id || ':0'
ORDER BY said.created_at DESC, said.id DESC
