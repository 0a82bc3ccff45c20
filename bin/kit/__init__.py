"""What the commands are made of: the standard library alone until the environment stands."""
