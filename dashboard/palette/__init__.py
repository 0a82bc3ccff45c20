"""The command palette: from a few letters to a page, a bot, a person or a broadcast."""
