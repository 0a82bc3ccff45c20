"""What the model is asked to learn about a person, and what is believed of its answers. Pure."""
