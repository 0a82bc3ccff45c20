-- Rows are locked in the order in which recognise locks them, so that neither waits for the other in a circle.
WITH tried AS MATERIALIZED (
    SELECT id FROM profiles
    WHERE bot_id = %(bot_id)s AND id = ANY (%(profile_ids)s::uuid[])
    ORDER BY telegram_id
    FOR NO KEY UPDATE
)
UPDATE profiles SET rotation_tried_at = %(at)s
FROM tried
WHERE profiles.bot_id = %(bot_id)s AND profiles.id = tried.id
