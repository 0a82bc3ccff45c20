"""The first page of the admin: how the bots and their people are."""
