"""Append-only, hash-chained trail of what was done (監査証跡)."""
