INSERT INTO conversations (id, bot_id, profile_id, chat_id, created_at)
SELECT
    (lpad(to_hex((extract(epoch FROM created_at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid,
    bot_id, id, telegram_id, created_at
FROM profiles
WHERE bot_id = %(bot)s
