"""Pages of the staff inside the admin: the inbox."""
