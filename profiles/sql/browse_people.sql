-- People of these bots from a place on, the most recently seen first, of whom those who fit come back, and with them the
-- place down to which all bots have been looked through. A stretch of each bot's people is looked at, by the index of
-- when they were seen: no index serves most of the questions, and behind the tenants' policies those that would are not
-- asked. Where it is known who is looked for, their rows are fetched instead.
WITH looked AS MATERIALIZED (
    SELECT bot.id AS bot_id, seen.*
    FROM unnest(%(bot_ids)s::uuid[]) AS bot (id)
    CROSS JOIN LATERAL (
        SELECT
            person.id,
            person.last_seen_at,
            row_number() OVER (ORDER BY person.last_seen_at DESC, person.id DESC) AS place,
            (%(stages)s::text[] IS NULL OR person.journey_stage = ANY (%(stages)s))
            AND (%(genders)s::text[] IS NULL OR person.gender = ANY (%(genders)s))
            AND (%(languages)s::text[] IS NULL OR person.language = ANY (%(languages)s))
            AND (%(started)s::boolean IS NULL OR person.has_started_journey = %(started)s)
            AND (%(completed)s::boolean IS NULL OR person.has_completed_journey = %(completed)s)
            AND (%(visited)s::boolean IS NULL OR person.has_visited_platform = %(visited)s)
            AND (%(purchased)s::boolean IS NULL OR person.has_purchased_stream = %(purchased)s)
            AND CASE %(condition)s
                WHEN 'reachable' THEN person.consented_at IS NOT NULL AND person.is_active AND NOT person.is_underage
                WHEN 'paused' THEN person.paused_at IS NOT NULL
                WHEN 'blocked' THEN NOT person.is_active
                WHEN 'ignored' THEN person.blocked_at IS NOT NULL
                WHEN 'stranger' THEN person.consented_at IS NULL AND NOT person.is_underage
                WHEN 'underage' THEN person.is_underage
                ELSE true
            END
            AND CASE %(portrait)s
                WHEN 'none' THEN person.profile_updated_at IS NULL
                WHEN 'fresh' THEN coalesce(person.profile_updated_at >= %(fresh_since)s, false)
                WHEN 'stale' THEN coalesce(person.profile_updated_at < %(fresh_since)s, false)
                ELSE true
            END
            AND (
                %(streams)s::text[] IS NULL
                OR person.streams ?| %(streams)s
                OR '' = ANY (%(streams)s) AND person.streams = '[]'
            )
            AND (
                %(marker)s = ''
                OR person.markers ? %(marker)s AND (
                    %(value)s::text IS NULL
                    OR lower(person.markers ->> %(marker)s) = %(value)s
                    OR jsonb_typeof(person.markers -> %(marker)s) = 'array'
                        AND EXISTS (
                            SELECT 1 FROM jsonb_array_elements_text(person.markers -> %(marker)s) AS each (one)
                            WHERE lower(each.one) = %(value)s
                        )
                )
            )
            AND (
                %(word)s = ''
                OR starts_with(lower(person.username), %(word)s)
                OR NOT %(is_username)s
                    AND position(' ' || %(word)s IN ' ' || lower(person.first_name || ' ' || person.last_name)) > 0
            )
                AS fits
        FROM (
            (
                SELECT *
                FROM profiles
                WHERE NOT %(is_known)s AND profiles.bot_id = bot.id
                    AND last_seen_at >= %(seen_since)s AND last_seen_at <= %(before_at)s
                    AND (last_seen_at < %(before_at)s OR profiles.id < %(before_id)s)
                ORDER BY last_seen_at DESC, profiles.id DESC
                LIMIT %(stretch)s
            )
            UNION ALL
            (
                SELECT known.*
                FROM unnest(%(known_bots)s::uuid[], %(known_ids)s::uuid[]) AS key (bot_id, id)
                CROSS JOIN LATERAL (
                    -- One by one, by their keys: nobody else's row is read.
                    SELECT * FROM profiles WHERE profiles.bot_id = key.bot_id AND profiles.id = key.id LIMIT 1
                ) AS known
                WHERE %(is_known)s AND key.bot_id = bot.id
                    AND last_seen_at >= %(seen_since)s AND last_seen_at <= %(before_at)s
                    AND (last_seen_at < %(before_at)s OR known.id < %(before_id)s)
                ORDER BY last_seen_at DESC, known.id DESC
                LIMIT %(stretch)s
            )
        ) AS person
    ) AS seen
),
-- A bot whose stretch was full may have more behind it, so what lies behind it in other bots waits.
edge AS (
    SELECT last_seen_at, id
    FROM looked
    WHERE place = %(stretch)s
    ORDER BY last_seen_at DESC, id DESC
    LIMIT 1
),
hit AS (
    SELECT looked.bot_id, looked.id, looked.last_seen_at
    FROM looked
    WHERE looked.fits
        AND NOT EXISTS (SELECT 1 FROM edge WHERE (looked.last_seen_at, looked.id) < (edge.last_seen_at, edge.id))
    ORDER BY looked.last_seen_at DESC, looked.id DESC
    LIMIT %(most)s
)
SELECT
    edge.last_seen_at AS edge_at,
    edge.id AS edge_id,
    found.*
FROM (SELECT 1) AS always
LEFT JOIN edge ON true
LEFT JOIN LATERAL (
    SELECT
        hit.bot_id, hit.id, person.telegram_id, person.first_name, person.last_name, person.username,
        person.language, person.gender, person.age, person.journey_stage, person.streams, person.readiness,
        person.photo_id, person.is_active, person.is_underage, person.consented_at, person.paused_at,
        person.blocked_at, person.has_purchased_stream, hit.last_seen_at, person.profile_updated_at
    FROM hit
    CROSS JOIN LATERAL (
        SELECT * FROM profiles WHERE profiles.bot_id = hit.bot_id AND profiles.id = hit.id LIMIT 1
    ) AS person
) AS found ON true
ORDER BY found.last_seen_at DESC NULLS LAST, found.id DESC
