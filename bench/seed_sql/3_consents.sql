INSERT INTO consents (id, bot_id, profile_id, terms, language, given_at)
SELECT
    (lpad(to_hex((extract(epoch FROM consented_at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid,
    bot_id, id, '2026-11', language, consented_at
FROM profiles
WHERE bot_id = %(bot)s AND consented_at IS NOT NULL
