-- A stretch of what people did, log and archive together, newest first, of which what is looked for comes back, and
-- at the end its last row, by which the next look goes on. No index is asked for the words: under the tenants'
-- policies their operators would not use one. Where one person is meant, the first two branches are never run.
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
-- As the words would stand in the text of a JSON value.
asked AS MATERIALIZED (
    SELECT %(text)s AS words, lower(%(text)s) AS bare,
        lower(substr(to_json(%(text)s::text)::text, 2, length(to_json(%(text)s::text)::text) - 2)) AS quoted
)
SELECT told.*, (SELECT count(*) FROM looked) AS looked_at
FROM (
    SELECT looked.*, true AS is_hit
    FROM looked, asked
    WHERE (%(kind)s = '' OR kind = %(kind)s) AND (
        words = ''
        -- The whole text first: that is much cheaper than its values one by one.
        OR position(quoted IN lower(details::text)) > 0
            AND EXISTS (SELECT 1 FROM jsonb_each_text(details) WHERE position(bare IN lower(value)) > 0)
    )
    UNION ALL
    (SELECT looked.*, false FROM looked ORDER BY created_at, id LIMIT 1)
) AS told
ORDER BY is_hit DESC, created_at DESC, id DESC
