-- The way to the stage where each stands: those before it completed, one after the other.
INSERT INTO journey_progress (
    id, bot_id, profile_id, stage, started_at, left_at, outcome, confidence, evidence, session_id, told_at
)
SELECT
    (lpad(to_hex((extract(epoch FROM begun) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid,
    %(bot)s, person.id, (%(stages)s::text[])[step], begun,
    CASE WHEN step < person.place THEN begun + span END,
    CASE WHEN step < person.place THEN 'completed' ELSE '' END,
    0.6 + random() * 0.4,
    jsonb_build_array(jsonb_build_object(
        'quote', (%(texts)s::text[])[1 + floor(random() * cardinality(%(texts)s::text[]))::int], 'at', begun
    )),
    NULL, CASE WHEN step < person.place THEN begun + span END
FROM (
    SELECT
        id, consented_at, array_position(%(stages)s::text[], journey_stage) AS place,
        greatest(last_seen_at - consented_at, interval '1 minute')
            / array_position(%(stages)s::text[], journey_stage) AS span
    FROM profiles
    WHERE bot_id = %(bot)s AND consented_at IS NOT NULL AND journey_stage <> ''
) AS person
CROSS JOIN LATERAL generate_series(1, person.place) AS step
CROSS JOIN LATERAL (SELECT consented_at + (step - 1) * span AS begun) AS moment
