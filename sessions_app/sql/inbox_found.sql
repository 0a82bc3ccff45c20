-- These people, in the order in which they were seen.
SELECT bot_id, id AS profile_id, last_seen_at AS at, id AS place_id
FROM profiles
WHERE bot_id = ANY (%(bot_ids)s::uuid[]) AND id = ANY (%(profile_ids)s::uuid[]) AND last_seen_at <= %(before_at)s
    AND (last_seen_at < %(before_at)s OR id < %(before_id)s)
ORDER BY last_seen_at DESC, id DESC
LIMIT %(most)s
