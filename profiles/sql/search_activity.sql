-- A stretch of what people did, log and archive together, newest first, of which only what is looked for comes back:
-- and the last row, whatever it is, by which the next look goes on. No index is asked for the words: their operators
-- would not use one under the tenants' policies. Where one person is meant, the first two branches are never run.
WITH looked AS MATERIALIZED (
    SELECT act.*
    FROM unnest(%(bot_ids)s::uuid[]) AS bot (id)
    CROSS JOIN LATERAL (
        (
            SELECT id, bot_id, profile_id, kind, details, created_at, false AS is_archived
            FROM activity_logs
            WHERE %(profile_id)s::uuid IS NULL AND bot_id = bot.id
                AND created_at >= %(since)s AND (created_at, id) < (%(before_at)s, %(before_id)s)
            ORDER BY created_at DESC, id DESC
            LIMIT %(stretch)s
        )
        UNION ALL
        (
            SELECT id, bot_id, profile_id, kind, details, created_at, true
            FROM activity_archive
            WHERE %(profile_id)s::uuid IS NULL AND bot_id = bot.id
                AND created_at >= %(since)s AND (created_at, id) < (%(before_at)s, %(before_id)s)
            ORDER BY created_at DESC, id DESC
            LIMIT %(stretch)s
        )
        UNION ALL
        (
            SELECT id, bot_id, profile_id, kind, details, created_at, false
            FROM activity_logs
            WHERE bot_id = bot.id AND profile_id = %(profile_id)s
                AND created_at >= %(since)s AND (created_at, id) < (%(before_at)s, %(before_id)s)
            ORDER BY created_at DESC, id DESC
            LIMIT %(stretch)s
        )
        UNION ALL
        (
            SELECT id, bot_id, profile_id, kind, details, created_at, true
            FROM activity_archive
            WHERE bot_id = bot.id AND profile_id = %(profile_id)s
                AND created_at >= %(since)s AND (created_at, id) < (%(before_at)s, %(before_id)s)
            ORDER BY created_at DESC, id DESC
            LIMIT %(stretch)s
        )
    ) AS act
    ORDER BY created_at DESC, id DESC
    LIMIT %(stretch)s
),
judged AS (
    SELECT
        looked.*,
        row_number() OVER (ORDER BY created_at DESC, id DESC) AS place,
        count(*) OVER () AS places,
        (%(kind)s = '' OR kind = %(kind)s) AND (
            %(text)s = ''
            OR EXISTS (
                SELECT 1 FROM jsonb_each_text(details) WHERE position(lower(%(text)s) IN lower(value)) > 0
            )
        ) AS is_hit
    FROM looked
)
SELECT id, bot_id, profile_id, kind, details, created_at, is_archived, is_hit, places
FROM judged
WHERE is_hit OR place = places
ORDER BY place
