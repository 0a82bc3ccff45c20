"""The way to a new bot, and what the list of bots knows from the rooms below."""
