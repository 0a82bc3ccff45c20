-- Everybody of a bot, by the stage of their journey: looked at once.
SELECT
    person.journey_stage AS stage,
    count(*) AS people,
    count(person.consented_at) AS consented,
    count(*) FILTER (WHERE person.is_active) AS active,
    count(*) FILTER (WHERE person.last_seen_at >= %(day)s) AS seen_day,
    count(*) FILTER (WHERE person.last_seen_at >= %(week)s) AS seen_week,
    count(*) FILTER (WHERE person.last_seen_at >= %(month)s) AS seen_month,
    count(person.started_journey_at) AS started,
    count(person.completed_journey_at) AS completed,
    count(person.visited_platform_at) AS visited,
    count(person.purchased_stream_at) AS purchased,
    -- How fresh the portraits are of those of whom one may be made.
    count(*) FILTER (WHERE person.consented_at IS NOT NULL AND person.profile_updated_at >= %(week)s) AS fresh_week,
    count(*) FILTER (
        WHERE person.consented_at IS NOT NULL
            AND person.profile_updated_at >= %(month)s AND person.profile_updated_at < %(week)s
    ) AS fresh_month,
    count(*) FILTER (
        WHERE person.consented_at IS NOT NULL AND person.profile_updated_at < %(month)s
    ) AS fresh_older,
    count(*) FILTER (WHERE person.consented_at IS NOT NULL AND person.profile_updated_at IS NULL) AS fresh_never
FROM profiles AS person
WHERE person.bot_id = %(bot_id)s
GROUP BY person.journey_stage
