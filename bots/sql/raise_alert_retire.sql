-- Runs after `raise_alert` in its transaction, which holds the row. What it counted beyond the first was never told.
UPDATE alerts
SET is_current = FALSE
WHERE fingerprint = %(fingerprint)s AND is_current AND first_at <= %(same_since)s
RETURNING count - 1 AS swallowed
