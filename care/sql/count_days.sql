-- What each UTC day of a bot came to, from one day to another (`until` is the day after the last).
WITH said AS (
    SELECT
        (message.created_at AT TIME ZONE 'UTC')::date AS day,
        count(*) FILTER (WHERE message.role = 'user') AS words_in,
        count(*) FILTER (WHERE message.role = 'bot') AS words_out,
        count(*) FILTER (WHERE message.role = 'bot' AND message.operator_id IS NOT NULL) AS by_staff
    FROM messages AS message
    WHERE message.bot_id = %(bot_id)s AND message.created_at >= %(begin)s AND message.created_at < %(end)s
    GROUP BY 1
),
did AS (
    SELECT (act.created_at AT TIME ZONE 'UTC')::date AS day, count(DISTINCT act.profile_id) AS people
    FROM activity_logs AS act
    WHERE act.bot_id = %(bot_id)s AND act.created_at >= %(begin)s AND act.created_at < %(end)s
    GROUP BY 1
),
held AS (
    SELECT (moment.at AT TIME ZONE 'UTC')::date AS day, sum(moment.begun) AS begun, sum(moment.ended) AS ended
    FROM sessions AS session
    CROSS JOIN LATERAL (
        VALUES (session.started_at, 1, 0), (session.completed_at, 0, (session.state = 'completed')::int)
    ) AS moment (at, begun, ended)
    WHERE session.bot_id = %(bot_id)s AND moment.at >= %(begin)s AND moment.at < %(end)s
    GROUP BY 1
),
-- From words in hand to their answer, the model's time included; what staff wrote is no answer of the bot's.
answered AS (
    SELECT counted.day, jsonb_object_agg(counted.class, counted.answers) AS answers
    FROM (
        SELECT
            (reply.created_at AT TIME ZONE 'UTC')::date AS day,
            width_bucket(
                extract(epoch FROM reply.created_at - words.created_at)::float8, %(bounds)s::float8[]
            ) AS class,
            count(*) AS answers
        FROM messages AS reply
        JOIN messages AS words
            ON words.bot_id = %(bot_id)s AND words.inbound_id = reply.inbound_id AND words.role = 'user'
        WHERE reply.bot_id = %(bot_id)s AND reply.created_at >= %(begin)s AND reply.created_at < %(end)s
            AND reply.role = 'bot' AND reply.operator_id IS NULL
        GROUP BY 1, 2
    ) AS counted
    GROUP BY counted.day
),
-- Samples live for some days; what they came to is rolled up.
spent AS (
    SELECT cost.day, sum(cost.total) AS micros
    FROM (
        SELECT (sample.at AT TIME ZONE 'UTC')::date AS day, sample.total
        FROM bot_metrics AS sample
        WHERE sample.bot_id = %(bot_id)s AND sample.name = 'model_cost_micros'
            AND sample.at >= greatest(%(begin)s, %(sampled_from)s::timestamptz) AND sample.at < %(end)s
        UNION ALL
        SELECT rolled.day, rolled.total
        FROM bot_metric_days AS rolled
        WHERE rolled.bot_id = %(bot_id)s AND rolled.name = 'model_cost_micros'
            AND rolled.day >= %(first)s AND rolled.day < (%(sampled_from)s::timestamptz AT TIME ZONE 'UTC')::date
    ) AS cost
    GROUP BY cost.day
)
SELECT
    dated.day,
    coalesce(did.people, 0) AS people,
    coalesce(said.words_in, 0) AS words_in,
    coalesce(said.words_out, 0) AS words_out,
    coalesce(said.by_staff, 0) AS by_staff,
    coalesce(held.begun, 0) AS sessions,
    coalesce(held.ended, 0) AS completed,
    coalesce(spent.micros, 0) AS cost_micros,
    coalesce(answered.answers, '{}') AS answers
FROM (
    SELECT each.at::date AS day
    FROM generate_series(%(first)s::date::timestamp, %(until)s::date::timestamp - interval '1 day', '1 day') AS each (at)
) AS dated
LEFT JOIN said USING (day)
LEFT JOIN did USING (day)
LEFT JOIN held USING (day)
LEFT JOIN answered USING (day)
LEFT JOIN spent USING (day)
ORDER BY dated.day
