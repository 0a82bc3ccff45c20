-- What the page of a conversation says around the words themselves, and what tells that something has changed.
SELECT
    talk.bot_id, talk.id AS conversation_id, talk.chat_id, bots.name AS bot_name, bots.timezone,
    person.id AS profile_id, person.first_name, person.last_name, person.username, person.telegram_id,
    person.language, person.journey_stage, person.last_seen_at, person.created_at AS met_at, person.is_active,
    person.is_underage, person.consented_at, person.paused_at, person.blocked_at,
    coalesce(item.mode, '') AS mode, item.operator_id, item.taken_at, item.hand_back_at,
    coalesce(nullif(trim(operator.first_name || ' ' || operator.last_name), ''), operator.username) AS operator_name,
    coalesce(item.need, '') AS need, item.needed_at, item.assigned_to_id,
    coalesce(nullif(trim(owner.first_name || ' ' || owner.last_name), ''), owner.username) AS assigned_name,
    item.snoozed_until,
    work.kind AS session_kind, work.state AS session_state, work.question_count, work.started_at,
    seen.read_at,
    EXISTS (
        SELECT FROM events
        WHERE events.bot_id = talk.bot_id AND events.profile_id = talk.profile_id
            AND events.kind = 'conversation.opened' AND events.created_at > %(opened_since)s
            AND events.payload ->> 'by' = %(reader_id)s::text
    ) AS is_opened,
    md5(
        concat_ws(
            '|', item.changed_at, work.id, work.state, person.is_active, person.paused_at, person.journey_stage,
            item.mode = 'human' AND item.hand_back_at > %(now)s, item.snoozed_until > %(now)s,
            latest.said, latest.edited, latest.sending,
            (
                SELECT count(*)
                FROM drafts
                WHERE drafts.bot_id = talk.bot_id AND drafts.conversation_id = talk.id AND decided_at IS NULL
            )
        )
    ) AS stamp,
    latest.said AS said_at
FROM conversations AS talk
JOIN bots ON bots.id = talk.bot_id
JOIN profiles AS person ON person.bot_id = talk.bot_id AND person.id = talk.profile_id
LEFT JOIN inbox_items AS item ON item.bot_id = talk.bot_id AND item.conversation_id = talk.id
LEFT JOIN auth_user AS operator ON operator.id = item.operator_id
LEFT JOIN auth_user AS owner ON owner.id = item.assigned_to_id
LEFT JOIN inbox_reads AS seen
    ON seen.bot_id = talk.bot_id AND seen.conversation_id = talk.id AND seen.reader_id = %(reader_id)s
LEFT JOIN LATERAL (
    SELECT id, kind, state, question_count, started_at
    FROM sessions
    WHERE sessions.bot_id = talk.bot_id AND sessions.conversation_id = talk.id AND state IN ('active', 'paused')
    LIMIT 1
) AS work ON true
CROSS JOIN LATERAL (
    SELECT
        max(newest.created_at) AS said, max(newest.edited_at) AS edited,
        string_agg(outbound.state, ',' ORDER BY newest.created_at) AS sending
    FROM (
        SELECT id, bot_id, created_at, edited_at, operator_id
        FROM messages
        WHERE messages.bot_id = talk.bot_id AND messages.conversation_id = talk.id
        ORDER BY created_at DESC
        LIMIT 30
    ) AS newest
    LEFT JOIN outbound_messages AS outbound
        ON newest.operator_id IS NOT NULL AND outbound.bot_id = newest.bot_id
        AND outbound.key = 'operator:' || newest.id || ':0'
) AS latest
WHERE talk.bot_id = %(bot_id)s AND talk.id = %(conversation_id)s
