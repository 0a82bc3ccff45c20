-- Who wrote: known or new, seen now, with a row for what each did. Names are kept only after consent.
WITH seen AS (
    SELECT * FROM unnest(
        %(ids)s::uuid[], %(telegram_ids)s::bigint[], %(first_names)s::text[], %(last_names)s::text[],
        %(usernames)s::text[], %(languages)s::text[], %(sources)s::text[]
    ) AS person (id, telegram_id, first_name, last_name, username, language, source)
),
kept AS (
    INSERT INTO profiles AS known (
        id, bot_id, telegram_id, first_name, last_name, username, language, gender, location, interests, chat_style,
        personality, psychotype, strengths, challenges, psychological_summary, metaphysical_profile, streams, markers,
        journey_stage, has_started_journey, has_completed_journey, has_visited_platform, has_purchased_stream,
        is_active, is_underage, source, last_seen_at, created_at
    )
    SELECT
        seen.id, %(bot_id)s, seen.telegram_id, '', '', '', seen.language, '', '', '[]', '',
        '', '', '[]', '[]', '', '{}', '[]', '{}',
        '', false, false, false, false,
        true, false, seen.source, %(now)s, %(now)s
    FROM seen
    -- One order for all who lock several people (mark_tried too): nobody waits in a circle.
    ORDER BY seen.telegram_id
    ON CONFLICT (bot_id, telegram_id) DO UPDATE SET
        last_seen_at = %(now)s,
        is_active = true,
        source = CASE WHEN known.source = '' THEN EXCLUDED.source ELSE known.source END,
        first_name = CASE WHEN known.consented_at IS NULL THEN '' ELSE
            (SELECT seen.first_name FROM seen WHERE seen.telegram_id = known.telegram_id) END,
        last_name = CASE WHEN known.consented_at IS NULL THEN '' ELSE
            (SELECT seen.last_name FROM seen WHERE seen.telegram_id = known.telegram_id) END,
        username = CASE WHEN known.consented_at IS NULL THEN '' ELSE
            (SELECT seen.username FROM seen WHERE seen.telegram_id = known.telegram_id) END
    RETURNING
        id, telegram_id, language, first_name, gender, age, psychological_summary, metaphysical_profile, streams,
        journey_stage, consented_at, is_underage, profile_updated_at, looked_up_at, paused_at,
        blocked_at
),
acted AS (
    INSERT INTO activity_logs (id, bot_id, profile_id, kind, details, created_at)
    SELECT act.id, %(bot_id)s, kept.id, act.kind, act.details, %(now)s
    FROM unnest(%(act_ids)s::uuid[], %(act_telegram_ids)s::bigint[], %(act_kinds)s::text[], %(act_details)s::jsonb[])
        AS act (id, telegram_id, kind, details)
    JOIN kept USING (telegram_id)
    -- A walk that is taken again is still one act.
    ON CONFLICT (bot_id, id) DO NOTHING
)
SELECT kept.*
FROM kept
-- For the rest of the transaction, in which nothing but the chat is looked up. The commit need not wait for the disk:
-- what a crash undoes here, the walk of the same update does again, and the next commit of that walk, which does wait,
-- takes this one along. And what refers from partition to partition is planned once: PostgreSQL would plan it anew
-- each time, which costs more than running it.
CROSS JOIN (
    SELECT
        set_config('synchronous_commit', 'off', true),
        set_config('plan_cache_mode', 'force_generic_plan', true)
) AS lazily
