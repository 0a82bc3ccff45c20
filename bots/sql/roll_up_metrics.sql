-- Days are UTC days. Counting a day again gives the same row again, so this may run as often as it likes.
INSERT INTO bot_metric_days AS kept (id, bot_id, day, name, count, total, largest)
SELECT gen_random_uuid(), sample.bot_id, %(day)s, sample.name, sum(sample.count), sum(sample.total), max(sample.largest)
FROM bot_metrics AS sample
WHERE sample.bot_id = ANY (%(bot_ids)s) AND sample.at >= %(start)s AND sample.at < %(end)s
GROUP BY sample.bot_id, sample.name
ORDER BY sample.bot_id, sample.name
ON CONFLICT (bot_id, day, name) DO UPDATE
SET count = EXCLUDED.count, total = EXCLUDED.total, largest = EXCLUDED.largest
