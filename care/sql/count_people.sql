-- Everybody of a bot, by the stage of their journey: looked at once.
SELECT
    person.journey_stage AS stage,
    count(*) AS people,
    count(person.consented_at) AS consented,
    count(*) FILTER (WHERE person.is_active) AS active,
    count(*) FILTER (WHERE person.last_seen_at >= %(day)s) AS seen_day,
    count(*) FILTER (WHERE person.last_seen_at >= %(week)s) AS seen_week,
    count(*) FILTER (WHERE person.last_seen_at >= %(month)s) AS seen_month,
    -- Of people who were brought from elsewhere nobody knows when.
    count(*) FILTER (WHERE person.has_started_journey) AS started,
    count(*) FILTER (WHERE person.has_completed_journey) AS completed,
    count(*) FILTER (WHERE person.has_visited_platform) AS visited,
    count(*) FILTER (WHERE person.has_purchased_stream) AS purchased,
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
