-- The version of a person's row; the card made from it where the whole is asked for. A transaction that has written
-- gets the whole and no version: several of its writes to a row look alike, and none of them may come to stay.
SELECT
    CASE WHEN pg_current_xact_id_if_assigned() IS NULL THEN person.xmin::text ELSE '' END AS version,
    CASE WHEN %(is_whole)s OR pg_current_xact_id_if_assigned() IS NOT NULL THEN jsonb_build_object(
        'id', person.id,
        'telegram_id', person.telegram_id,
        'language', person.language,
        'first_name', person.first_name,
        'last_name', person.last_name,
        'username', person.username,
        'gender', person.gender,
        'age', person.age,
        'location', person.location,
        'interests', person.interests,
        'psychotype', person.psychotype,
        'psychological_summary', person.psychological_summary,
        'metaphysical_profile', person.metaphysical_profile,
        'streams', person.streams,
        'markers', person.markers,
        'journey_stage', person.journey_stage,
        'has_started_journey', person.has_started_journey,
        'has_completed_journey', person.has_completed_journey,
        'has_visited_platform', person.has_visited_platform,
        'has_purchased_stream', person.has_purchased_stream,
        'is_active', person.is_active,
        'is_underage', person.is_underage,
        'consented_at', person.consented_at,
        'last_seen_at', person.last_seen_at,
        'profile_updated_at', person.profile_updated_at,
        'created_at', person.created_at
    ) END AS card
FROM profiles AS person
WHERE person.bot_id = %(bot_id)s AND person.id = %(profile_id)s
