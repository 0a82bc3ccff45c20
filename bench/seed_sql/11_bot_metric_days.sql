INSERT INTO bot_metric_days (id, bot_id, name, day, count, total, largest)
SELECT gen_random_uuid(), %(bot)s, figure.name, said.day, said.count, said.count * figure.each, figure.each * 9
FROM (
    SELECT (created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS count
    FROM messages
    WHERE bot_id = %(bot)s AND role = 'bot'
    GROUP BY 1
) AS said
CROSS JOIN (VALUES ('turns', 0.04), ('updates', 1.0), ('outbound_sent', 0.02), ('model_answered', 2.1))
    AS figure (name, each)
