-- How both queues of each bot stand, of so many rows at most: beyond that nobody counts on. A row is in hand when
-- the holder of the lease has taken it and it is due (what was put back waits for its time).
SELECT
    bot.id AS bot_id,
    heard.open AS heard_open, heard.held AS heard_held, heard.later AS heard_later, heard.oldest AS heard_oldest,
    buried.count AS buried, buried.newest AS buried_newest,
    said.open AS said_open, said.held AS said_held, said.later AS said_later, said.oldest AS said_oldest,
    undelivered.failed, undelivered.unknown, undelivered.newest AS undelivered_newest
FROM unnest(%(bot_ids)s::uuid[]) AS bot (id)
LEFT JOIN bot_statuses AS status ON status.bot_id = bot.id AND status.lease_holder <> ''
CROSS JOIN LATERAL (
    SELECT
        count(*) AS open,
        count(*) FILTER (WHERE due_at <= %(now)s AND attempts > 0 AND epoch = status.lease_epoch) AS held,
        count(*) FILTER (WHERE due_at > %(now)s) AS later,
        min(received_at) FILTER (WHERE due_at <= %(now)s) AS oldest
    FROM (
        SELECT due_at, attempts, epoch, received_at
        FROM inbound_updates
        WHERE inbound_updates.bot_id = bot.id AND settled_at IS NULL
        ORDER BY seq
        LIMIT %(most)s
    ) AS counted
) AS heard
CROSS JOIN LATERAL (
    SELECT count(*) AS count, max(received_at) AS newest
    FROM (
        SELECT received_at
        FROM inbound_updates
        WHERE inbound_updates.bot_id = bot.id AND outcome = 'buried'
        ORDER BY seq DESC
        LIMIT %(most)s
    ) AS counted
) AS buried
CROSS JOIN LATERAL (
    SELECT
        count(*) AS open,
        count(*) FILTER (WHERE state = 'sending') AS held,
        count(*) FILTER (WHERE state = 'pending' AND not_before > %(now)s) AS later,
        min(greatest(created_at, not_before)) FILTER (WHERE not_before <= %(now)s) AS oldest
    FROM (
        SELECT state, not_before, created_at
        FROM outbound_messages
        WHERE outbound_messages.bot_id = bot.id AND settled_at IS NULL
        ORDER BY priority, seq
        LIMIT %(most)s
    ) AS counted
) AS said
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE state = 'failed') AS failed,
        count(*) FILTER (WHERE state = 'unknown') AS unknown,
        max(settled_at) AS newest
    FROM (
        SELECT state, settled_at
        FROM outbound_messages
        WHERE outbound_messages.bot_id = bot.id AND settled_at IS NOT NULL AND error <> ''
        ORDER BY seq DESC
        LIMIT %(most)s
    ) AS counted
) AS undelivered
