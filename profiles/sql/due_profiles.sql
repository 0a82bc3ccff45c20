-- Who is to be refreshed next, the most recently seen first. All that decides lies in profiles_bot_freshness; the
-- rows themselves are read only of those that were found.
WITH due AS MATERIALIZED (
    SELECT id, last_seen_at
    FROM profiles
    WHERE bot_id = %(bot_id)s
        AND consented_at IS NOT NULL AND is_active AND NOT is_underage
        AND last_seen_at >= %(seen_since)s
        AND (last_seen_at, id) < (%(after_at)s, %(after_id)s)
        AND (profile_updated_at IS NULL OR profile_updated_at < %(updated_before)s)
        AND (rotation_tried_at IS NULL OR rotation_tried_at < %(tried_before)s)
    ORDER BY last_seen_at DESC, id DESC
    LIMIT %(limit)s
)
SELECT person.id, person.telegram_id, person.language, due.last_seen_at
FROM due
JOIN profiles AS person ON person.bot_id = %(bot_id)s AND person.id = due.id
ORDER BY due.last_seen_at DESC, due.id DESC
