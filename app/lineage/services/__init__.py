"""Merging, splitting and marking cases, and taking it back (系譜の操作)."""
