"""The commands of this checkout: up, test, lock."""
