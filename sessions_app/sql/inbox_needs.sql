-- People who need a human and are not put off, those who need one since lately first: the first of each bot by the index
-- of those who do, put together.
SELECT waiting.bot_id, talk.profile_id, waiting.needed_at AS at, waiting.conversation_id AS place_id
FROM (
    SELECT item.*
    FROM unnest(%(bot_ids)s::uuid[]) AS bot (id)
    CROSS JOIN LATERAL (
        SELECT bot_id, conversation_id, needed_at
        FROM inbox_items
        WHERE inbox_items.bot_id = bot.id AND needed_at IS NOT NULL AND needed_at <= %(before_at)s
            AND (needed_at < %(before_at)s OR conversation_id < %(before_id)s)
            AND (need = 'crisis' OR %(show)s <> 'crisis')
            -- What is put off waits, a sign of crisis is always in its own list.
            AND (%(show)s = 'crisis' OR coalesce(snoozed_until <= %(now)s, true))
        ORDER BY needed_at DESC, conversation_id DESC
        LIMIT %(most)s
    ) AS item
    ORDER BY item.needed_at DESC, item.conversation_id DESC
    LIMIT %(most)s
) AS waiting
CROSS JOIN LATERAL (
    SELECT profile_id
    FROM conversations
    WHERE conversations.bot_id = waiting.bot_id AND conversations.id = waiting.conversation_id
    LIMIT 1
) AS talk
ORDER BY waiting.needed_at DESC, waiting.conversation_id DESC
