-- The join leaves out what a bot that was deleted meanwhile still measured.
INSERT INTO bot_metrics (id, bot_id, name, at, count, total, largest)
SELECT sample.id, sample.bot_id, sample.name, sample.at, sample.count, sample.total, sample.largest
FROM unnest(
    %(ids)s::uuid[], %(bot_ids)s::uuid[], %(names)s::text[], %(times)s::timestamptz[],
    %(counts)s::bigint[], %(totals)s::float8[], %(largest)s::float8[]
) AS sample (id, bot_id, name, at, count, total, largest)
JOIN bots ON bots.id = sample.bot_id
