-- One in a hundred writes a channel of their own.
INSERT INTO linked_channels (id, bot_id, profile_id, channel_id, title, linked_at)
SELECT
    (lpad(to_hex((extract(epoch FROM consented_at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid,
    %(bot)s, id, -1000000000000 - telegram_id, 'Дневник', consented_at
FROM profiles
WHERE bot_id = %(bot)s AND consented_at IS NOT NULL AND telegram_id %% 100 = 1
