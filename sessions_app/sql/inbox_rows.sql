-- What the inbox says of each of these people: who spoke last and when, and what the team has to do. No words.
SELECT
    person.bot_id, person.id AS profile_id, person.first_name, person.last_name, person.username,
    person.telegram_id, person.last_seen_at, person.is_active,
    talk.id AS conversation_id,
    said.role, said.operator_id AS spoke_id, said.created_at AS said_at,
    coalesce(item.need, '') AS need,
    coalesce(item.mode, '') AS mode, item.operator_id, item.hand_back_at,
    coalesce(nullif(trim(operator.first_name || ' ' || operator.last_name), ''), operator.username) AS operator_name,
    item.assigned_to_id,
    coalesce(nullif(trim(owner.first_name || ' ' || owner.last_name), ''), owner.username) AS assigned_name,
    item.snoozed_until,
    seen.read_at,
    EXISTS (
        SELECT FROM drafts
        WHERE drafts.bot_id = talk.bot_id AND drafts.conversation_id = talk.id AND drafts.decided_at IS NULL
    ) AS has_draft
FROM unnest(%(bot_ids)s::uuid[], %(profile_ids)s::uuid[]) WITH ORDINALITY AS asked (bot_id, profile_id, place)
CROSS JOIN LATERAL (
    SELECT *
    FROM profiles
    WHERE profiles.bot_id = asked.bot_id AND profiles.id = asked.profile_id
    LIMIT 1
) AS person
CROSS JOIN LATERAL (
    SELECT bot_id, id
    FROM conversations
    WHERE conversations.bot_id = asked.bot_id AND conversations.profile_id = asked.profile_id
    LIMIT 1
) AS talk
LEFT JOIN LATERAL (
    SELECT role, operator_id, created_at
    FROM messages
    WHERE messages.bot_id = asked.bot_id AND messages.conversation_id = talk.id
    ORDER BY created_at DESC
    LIMIT 1
) AS said ON true
LEFT JOIN LATERAL (
    SELECT *
    FROM inbox_items
    WHERE inbox_items.bot_id = asked.bot_id AND inbox_items.conversation_id = talk.id
    LIMIT 1
) AS item ON true
LEFT JOIN LATERAL (
    SELECT read_at
    FROM inbox_reads
    WHERE inbox_reads.bot_id = asked.bot_id AND inbox_reads.conversation_id = talk.id
        AND inbox_reads.reader_id = %(reader_id)s
    LIMIT 1
) AS seen ON true
LEFT JOIN auth_user AS operator ON operator.id = item.operator_id
LEFT JOIN auth_user AS owner ON owner.id = item.assigned_to_id
WHERE CASE %(show)s
    WHEN 'unanswered' THEN said.role = 'user'
    WHEN 'unread' THEN said.created_at > coalesce(seen.read_at, '-infinity')
    ELSE true
END
ORDER BY asked.place
