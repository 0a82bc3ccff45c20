-- One conversation in a hundred was once marked for the team; half of these still wait for somebody.
INSERT INTO inbox_items (id, bot_id, conversation_id, mode, need, needed_at, changed_at)
SELECT
    gen_random_uuid(), bot_id, id, '',
    CASE WHEN waits THEN (ARRAY['crisis', 'asked', 'failed', 'staff'])[1 + floor(random() * 4)::int] ELSE '' END,
    CASE WHEN waits THEN now() - random() * interval '10 days' END,
    now() - random() * interval '10 days'
FROM (
    SELECT bot_id, id, random() < 0.5 AS waits FROM conversations WHERE bot_id = %(bot)s AND random() < 0.01
) AS marked
