-- How much each session will hold: a few people talk for months, most leave after some lines.
CREATE TEMP TABLE seed_sessions ON COMMIT DROP AS
WITH talkers AS (
    SELECT
        conversation.id AS conversation_id, profile.id AS profile_id, profile.consented_at AS came,
        profile.last_seen_at AS gone, power(random() + 0.001, -0.9) AS weight
    FROM profiles AS profile
    JOIN conversations AS conversation ON conversation.bot_id = profile.bot_id AND conversation.profile_id = profile.id
    WHERE profile.bot_id = %(bot)s AND profile.consented_at IS NOT NULL
),
shares AS (
    SELECT *, %(messages)s * weight / sum(weight) OVER () AS lines FROM talkers
)
SELECT
    conversation_id, profile_id, place, places,
    place = places AND random() < 0.35 AS is_open,
    place %% 4 = 1 AND places > 1 AS is_diagnostic,
    -- Sessions of some twenty lines, spread from the first day to the last.
    least(came + (gone - came) * ((place - 1)::float8 / places), now() - held * interval '50 seconds') AS started_at,
    held AS lines,
    gen_random_uuid() AS mark
FROM shares
CROSS JOIN LATERAL (SELECT greatest(1, round(lines / 20))::int AS places) AS about
CROSS JOIN LATERAL generate_series(1, places) AS place
-- Question and answer: an even number, and rounding by chance, so that the sum is what was asked for.
CROSS JOIN LATERAL (SELECT 2 * floor(lines / places / 2 + random() + 0 * place)::int AS held) AS holding
