"""The acceptance scenarios of the rule book (section 13), one test a scenario, named by its number."""
