-- The open session of a chat: its version, and the whole where that is asked for. A transaction that has written
-- gets the whole and no version: several of its writes to a row look alike, and none of them may come to stay.
SELECT
    here.profile_id,
    CASE WHEN pg_current_xact_id_if_assigned() IS NULL THEN concat(open.id, '.', open.xmin) ELSE '' END AS version,
    CASE WHEN %(is_whole)s OR pg_current_xact_id_if_assigned() IS NOT NULL THEN jsonb_build_object(
        'id', open.id,
        'kind', open.kind,
        'state', open.state,
        'patterns', open.patterns,
        'core_issue', open.core_issue,
        'question_count', open.question_count,
        'data', open.data,
        'started_at', open.started_at,
        'last_error', open.last_error
    ) END AS session
FROM conversations AS here
JOIN sessions AS open
    ON open.bot_id = here.bot_id AND open.conversation_id = here.id AND open.state IN ('active', 'paused')
WHERE here.bot_id = %(bot_id)s AND here.chat_id = %(chat_id)s
