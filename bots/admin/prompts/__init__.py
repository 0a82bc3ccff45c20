"""The prompts of a persona as staff see them: drafts, versions, what differs, and what is in force."""
