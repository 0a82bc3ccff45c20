-- For the rest of the transaction. Each row that moves is checked against profiles, and PostgreSQL would plan that
-- look-up anew over all partitions, each time: 30 microseconds a row instead of 5.
SELECT set_config('plan_cache_mode', 'force_generic_plan', true)
