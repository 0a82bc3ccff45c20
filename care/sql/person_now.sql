-- What staff should know of a person at once: their conversation, why it may need a human, the newest sign of crisis,
-- and the portrait that was asked for last.
SELECT
    talk.id AS conversation_id,
    coalesce(item.need, '') AS need, item.needed_at,
    CASE WHEN item.mode = 'drafts' OR item.hand_back_at > %(now)s THEN item.mode ELSE '' END AS mode,
    operator.username AS operator_name,
    crisis.sign, crisis.at AS crisis_at,
    pick.picked_at, pick.result, run.state AS run_state, run.ended_at
FROM (SELECT 1) AS one
LEFT JOIN LATERAL (
    SELECT id FROM conversations
    WHERE bot_id = %(bot_id)s AND profile_id = %(profile_id)s
    ORDER BY created_at DESC
    LIMIT 1
) AS talk ON true
LEFT JOIN inbox_items AS item ON item.bot_id = %(bot_id)s AND item.conversation_id = talk.id
LEFT JOIN auth_user AS operator ON operator.id = item.operator_id
LEFT JOIN LATERAL (
    SELECT payload ->> 'sign' AS sign, created_at AS at FROM events
    WHERE bot_id = %(bot_id)s AND profile_id = %(profile_id)s AND kind = 'crisis.detected'
        AND created_at > %(crisis_since)s
    ORDER BY created_at DESC
    LIMIT 1
) AS crisis ON true
LEFT JOIN LATERAL (
    SELECT run_id, picked_at, result FROM rotation_picks
    WHERE bot_id = %(bot_id)s AND profile_id = %(profile_id)s AND picked_at > %(picked_since)s
    ORDER BY picked_at DESC
    LIMIT 1
) AS pick ON true
LEFT JOIN rotation_runs AS run ON run.bot_id = %(bot_id)s AND run.id = pick.run_id
