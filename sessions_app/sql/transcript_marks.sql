-- What else belongs between the words of a stretch of time: sessions, notes of the team, who answered, open drafts.
SELECT id, 'began' AS kind, started_at AS at, kind AS what, '' AS text, NULL AS by_name
FROM sessions
WHERE bot_id = %(bot_id)s AND conversation_id = %(conversation_id)s
    AND started_at >= %(since)s AND started_at < %(until)s
UNION ALL
SELECT id, 'ended', completed_at, state, '', NULL
FROM sessions
WHERE bot_id = %(bot_id)s AND conversation_id = %(conversation_id)s
    AND completed_at >= %(since)s AND completed_at < %(until)s
UNION ALL
SELECT
    note.id, 'note', note.created_at, '', note.text,
    coalesce(nullif(trim(author.first_name || ' ' || author.last_name), ''), author.username)
FROM inbox_notes AS note
LEFT JOIN auth_user AS author ON author.id = note.author_id
WHERE note.bot_id = %(bot_id)s AND note.conversation_id = %(conversation_id)s
    AND note.created_at >= %(since)s AND note.created_at < %(until)s
UNION ALL
SELECT
    event.id, event.kind, event.created_at, coalesce(event.payload ->> 'sign', ''), '',
    coalesce(nullif(trim(doer.first_name || ' ' || doer.last_name), ''), doer.username)
FROM events AS event
LEFT JOIN auth_user AS doer ON doer.id::text = event.payload ->> 'by'
WHERE event.bot_id = %(bot_id)s AND event.profile_id = %(profile_id)s
    AND event.kind IN (
        'conversation.taken_over', 'conversation.handed_back', 'conversation.drafts_on', 'conversation.drafts_off',
        'crisis.detected'
    )
    AND event.created_at >= %(since)s AND event.created_at < %(until)s
ORDER BY at
