"""The case: proposal, revisions, clocks, its only writer (提案)."""
