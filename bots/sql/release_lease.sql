UPDATE bot_statuses
SET lease_holder = '', lease_until = NULL
WHERE bot_id = %(bot_id)s AND lease_holder = %(holder)s AND lease_epoch = %(epoch)s
