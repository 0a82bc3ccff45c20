-- Who said these words in one of these bots, lately said first, and whether the words say anything at all. That somebody
-- looks is written down with it, of each bot: so nobody looks without that. What they look for lately is one search.
WITH noted AS (
    INSERT INTO events (id, bot_id, kind, payload, correlation_id, created_at)
    SELECT fresh.id, fresh.bot_id, %(kind)s::text, jsonb_build_object('by', %(reader_id)s::integer), '', %(now)s
    FROM unnest(%(event_ids)s::uuid[], %(bot_ids)s::uuid[]) AS fresh (id, bot_id)
    WHERE NOT EXISTS (
        SELECT 1
        FROM events
        WHERE events.bot_id = fresh.bot_id AND events.created_at > %(lately)s AND events.kind = %(kind)s::text
            AND (events.payload ->> 'by')::integer = %(reader_id)s
    )
)
SELECT found.bot_id, found.profile_id, found.said_at, found.is_cut, numnode(plainto_tsquery('russian', %(words)s)) = 0 AS is_wordless
FROM (SELECT 1) AS always
LEFT JOIN LATERAL (
    SELECT hit.bot_id, hit.profile_id, max(hit.said_at) AS said_at, hit.profile_id IS NULL AS is_cut
    FROM search_words(%(bot_ids)s::uuid[], %(words)s, %(most)s) AS hit
    GROUP BY hit.bot_id, hit.profile_id
    -- Rows of nobody, which tell that some were left, come first.
    ORDER BY max(hit.said_at) DESC NULLS FIRST, hit.profile_id
    LIMIT %(most)s + cardinality(%(bot_ids)s::uuid[])
) AS found ON true
ORDER BY found.said_at DESC NULLS LAST
