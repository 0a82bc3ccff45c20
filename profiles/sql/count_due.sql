-- How many due_profiles would bring, from the same index.
SELECT count(*) AS due
FROM profiles
WHERE bot_id = %(bot_id)s
    AND consented_at IS NOT NULL AND is_active AND NOT is_underage
    AND last_seen_at >= %(seen_since)s
    AND (profile_updated_at IS NULL OR profile_updated_at < %(updated_before)s)
    AND (rotation_tried_at IS NULL OR rotation_tried_at < %(tried_before)s)
