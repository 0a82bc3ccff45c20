-- Stages that people have completed and were not told of.
SELECT person.id AS profile_id, step.id AS step_id, step.stage, 'stage:' || step.id AS cause
FROM journey_progress AS step
JOIN profiles AS person ON person.bot_id = %(bot_id)s AND person.id = step.profile_id
WHERE step.bot_id = %(bot_id)s AND step.outcome = 'completed' AND step.told_at IS NULL
    AND step.left_at > %(not_before)s
    AND person.consented_at IS NOT NULL AND NOT person.is_underage AND person.is_active
    AND person.paused_at IS NULL AND person.blocked_at IS NULL
    -- By their own clock; where their time zone is not known, or none, by the bot's. PostgreSQL hashes what is
    -- unnested; an array that is a parameter it would walk through for each person.
    AND (
        person.timezone IN (SELECT unnest(%(zones)s::text[]))
        OR (%(is_bots_hour)s AND person.timezone NOT IN (SELECT unnest(%(known_zones)s::text[])))
    )
ORDER BY step.left_at
LIMIT %(limit)s
