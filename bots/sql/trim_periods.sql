DELETE FROM bot_periods
WHERE (bot_id, id) IN (
    SELECT bot_id, id
    FROM bot_periods
    WHERE bot_id = ANY (%(bot_ids)s) AND until < %(before)s
    LIMIT %(most)s
)
