"""The pages of the inbox: what they show, and what their buttons do."""
