"""What the rooms above bring to a person's page: their conversation, sessions, cost and troubles, and what to do."""
