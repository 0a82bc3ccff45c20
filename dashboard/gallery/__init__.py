"""The gallery of people: who they are at a glance, and who among them is looked for."""
