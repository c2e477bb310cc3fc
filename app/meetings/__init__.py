"""Meetings that go through cases (会議): agenda, the case on the table, what was decided."""
