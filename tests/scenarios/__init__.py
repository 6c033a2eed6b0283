"""The acceptance scenarios of the rule book, with its dates and its numbers."""
