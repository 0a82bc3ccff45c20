"""The queues and the background work: what waits, what was given up, what could not be delivered, what runs."""
