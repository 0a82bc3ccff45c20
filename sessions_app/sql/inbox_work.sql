-- People with whom somebody of the team has something to do now, in the order in which they were seen. They are never
-- more than the team can have in hand, so these are looked at first.
WITH item AS (
    SELECT bot_id, conversation_id
    FROM inbox_items
    WHERE bot_id = ANY (%(bot_ids)s::uuid[])
        AND CASE %(show)s
            WHEN 'mine' THEN
                assigned_to_id = %(reader_id)s
                OR (operator_id = %(reader_id)s AND mode = 'human' AND hand_back_at > %(now)s)
            WHEN 'taken' THEN mode = 'human' AND hand_back_at > %(now)s
            WHEN 'later' THEN snoozed_until > %(now)s
        END
    UNION
    SELECT bot_id, conversation_id
    FROM drafts
    WHERE %(show)s = 'drafts' AND bot_id = ANY (%(bot_ids)s::uuid[]) AND decided_at IS NULL
)
SELECT person.bot_id, person.id AS profile_id, person.last_seen_at AS at, person.id AS place_id
FROM item
CROSS JOIN LATERAL (
    SELECT profiles.bot_id, profiles.id, profiles.last_seen_at
    FROM conversations
    JOIN profiles ON profiles.bot_id = conversations.bot_id AND profiles.id = conversations.profile_id
    WHERE conversations.bot_id = item.bot_id AND conversations.id = item.conversation_id
    LIMIT 1
) AS person
WHERE person.last_seen_at <= %(before_at)s
    AND (person.last_seen_at < %(before_at)s OR person.id < %(before_id)s)
ORDER BY person.last_seen_at DESC, person.id DESC
LIMIT %(most)s
