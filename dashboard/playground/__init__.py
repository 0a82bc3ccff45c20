"""The playground: a draft of a prompt beside the one in force, on the same words, before anybody speaks with it."""
