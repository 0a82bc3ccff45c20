INSERT INTO channel_posts (id, bot_id, profile_id, channel_id, telegram_message_id, text, posted_at, edited_at)
SELECT
    (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid,
    %(bot)s, channel.profile_id, channel.channel_id, number,
    (%(texts)s::text[])[1 + floor(random() * cardinality(%(texts)s::text[]))::int], at, NULL
FROM linked_channels AS channel
CROSS JOIN LATERAL generate_series(1, 50) AS number
CROSS JOIN LATERAL (SELECT channel.linked_at + number * interval '1 day' AS at) AS moment
WHERE channel.bot_id = %(bot)s
