-- One try more, if it need not wait. The first `free` of a day cost nothing; each further doubles the wait.
-- Counted before it is known how it ends, so that many at once are not more than one after another.
INSERT INTO sign_in_tries AS t (key, count, last_at, wait_until)
VALUES (%(key)s, 1, %(now)s, %(now)s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN t.last_at < %(forgotten)s THEN 1 ELSE t.count + 1 END,
    last_at = %(now)s,
    wait_until = CASE
        WHEN t.last_at < %(forgotten)s OR t.count + 1 < %(free)s THEN %(now)s
        ELSE %(now)s + least(
            %(longest)s, %(shortest)s * power(2, least(t.count + 1 - %(free)s, 20))
        ) * interval '1 second'
    END
WHERE t.wait_until <= %(now)s
RETURNING t.count
