"""Another token for a bot that is here: Telegram is asked first whose it is."""
