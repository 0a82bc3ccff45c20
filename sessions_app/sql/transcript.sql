-- What was said in a conversation before a place, the newest first, and what became of what operators said.
SELECT
    said.id, said.role, said.text, said.created_at, said.edited_at, said.operator_id, said.model, said.inbound_id,
    coalesce(nullif(trim(operator.first_name || ' ' || operator.last_name), ''), operator.username) AS operator_name,
    outbound.state AS sending, outbound.method = 'sendPhoto' AS has_photo, photo.id AS photo_id,
    jsonb_path_query_array(last.params, '$.reply_markup.inline_keyboard[*][*].text') AS buttons
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
-- Its bytes may be gone by now: then it is told in a word.
LEFT JOIN media AS photo
    ON photo.bot_id = said.bot_id AND photo.id = (outbound.params -> 'photo' ->> 'media_id')::uuid
    AND octet_length(photo.content) > 0
-- The buttons hang under the last message that the words were cut into.
LEFT JOIN LATERAL (
    SELECT each.params
    FROM outbound_messages AS each
    WHERE outbound.id IS NOT NULL AND each.bot_id = said.bot_id AND each.params ? 'reply_markup'
        AND each.key = ANY (ARRAY['operator:' || said.id || ':0', 'operator:' || said.id || ':1', 'operator:' || said.id || ':2'])
    LIMIT 1
) AS last ON true
ORDER BY said.created_at DESC, said.id DESC
