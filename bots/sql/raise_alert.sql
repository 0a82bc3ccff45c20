-- The same alert within its time is the same row, counted. Where the current row's time is over, nothing is written
-- and no row comes back, but the row is locked all the same (ON CONFLICT DO UPDATE locks before it asks WHERE): who
-- comes at the same moment waits until its successor is there. A bot that is deleted gets no alerts any more.
INSERT INTO alerts AS known (
    id, bot_id, kind, subject, detail, fingerprint, is_current, count, first_at, last_at
)
SELECT
    %(id)s, %(bot_id)s::uuid, %(kind)s, %(subject)s, %(detail)s, %(fingerprint)s, TRUE, 1, %(now)s, %(now)s
WHERE %(bot_id)s::uuid IS NULL OR EXISTS (SELECT FROM bots WHERE id = %(bot_id)s::uuid)
ON CONFLICT (fingerprint) WHERE is_current DO UPDATE
SET count = known.count + 1, last_at = GREATEST(known.last_at, EXCLUDED.last_at)
WHERE known.first_at > %(same_since)s
RETURNING known.id
