-- People of one bot: more and more came over the year, most consented, some left, few went far.
INSERT INTO profiles (
    id, bot_id, telegram_id, first_name, last_name, username, language, age, gender, location, interests, chat_style,
    personality, psychotype, strengths, challenges, psychological_summary, metaphysical_profile, streams, markers,
    journey_stage, completed_stages, has_started_journey, has_completed_journey, has_visited_platform, has_purchased_stream,
    is_active, is_underage, source, last_seen_at, profile_updated_at, created_at, consented_at
)
SELECT
    -- Time-ordered, as the product's own ids are.
    (lpad(to_hex((extract(epoch FROM came) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid,
    %(bot)s, %(first_id)s + place,
    CASE WHEN agreed THEN (%(names)s::text[])[1 + place %% cardinality(%(names)s::text[])] ELSE '' END,
    CASE WHEN agreed AND place %% 3 = 0
        THEN (%(surnames)s::text[])[1 + place %% cardinality(%(surnames)s::text[])] ELSE '' END,
    CASE WHEN agreed AND place %% 5 < 3 THEN 'user_' || (%(first_id)s + place) ELSE '' END,
    CASE WHEN place %% 10 = 0 THEN 'en' ELSE 'ru' END,
    CASE WHEN agreed AND place %% 2 = 0 THEN 19 + (power(random(), 2) * 45)::int END,
    CASE WHEN place %% 7 = 0 THEN '' WHEN place %% 5 = 0 THEN 'male' ELSE 'female' END,
    CASE WHEN agreed AND place %% 2 = 0
        THEN (%(cities)s::text[])[1 + floor(power(random(), 2) * cardinality(%(cities)s::text[]))::int] ELSE '' END,
    '[]', '', '', psychotype,
    CASE WHEN psychotype <> '' THEN '["честность", "терпение"]' ELSE '[]' END::jsonb,
    CASE WHEN psychotype <> '' THEN '["трудно просить о помощи"]' ELSE '[]' END::jsonb,
    CASE WHEN psychotype <> '' THEN (%(texts)s::text[])[1 + floor(random() * cardinality(%(texts)s::text[]))::int]
        ELSE '' END,
    CASE WHEN psychotype <> '' THEN jsonb_build_object('light', (random() * 200 - 100)::int) ELSE '{}' END,
    CASE WHEN luck < 0.05 THEN '["Женский", "Путь Героя"]' WHEN luck < 0.15 THEN '["Путь Героя"]' ELSE '[]' END::jsonb,
    '{}',
    CASE WHEN agreed THEN (%(stages)s::text[])[1 + passed] ELSE '' END,
    CASE WHEN agreed THEN to_jsonb((%(stages)s::text[])[1:passed]) ELSE '[]' END,
    agreed, agreed AND luck < 0.02, agreed AND luck < 0.2, agreed AND luck < 0.05,
    place %% 12 <> 0, false,
    (%(sources)s::text[])[1 + floor(power(random(), 2) * cardinality(%(sources)s::text[]))::int],
    came + (now() - came) * power(random(), 3), CASE WHEN psychotype <> '' THEN came + interval '1 hour' END,
    came, CASE WHEN agreed THEN came + interval '1 minute' END
FROM (
    SELECT
        place,
        now() - interval '365 days' * power(random(), 1.6) AS came,
        place %% 8 <> 7 AS agreed,
        random() AS luck,
        floor(power(random(), 3) * cardinality(%(stages)s::text[]))::int AS passed,
        CASE WHEN place %% 8 <> 7 AND random() < 0.3
            THEN (ARRAY['analytical', 'emotional', 'intuitive', 'practical'])[1 + floor(random() * 4)::int]
            ELSE '' END AS psychotype
    FROM generate_series(0, %(profiles)s - 1) AS place
) AS person
