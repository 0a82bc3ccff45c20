DELETE FROM bot_metrics
WHERE (bot_id, id) IN (
    SELECT bot_id, id
    FROM bot_metrics
    WHERE bot_id = ANY (%(bot_ids)s) AND at < %(before)s
    LIMIT %(most)s
)
