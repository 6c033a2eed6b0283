"""Rows of this capability; the first come with their first act."""
