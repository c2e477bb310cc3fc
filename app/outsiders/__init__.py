"""People from outside (部外者): let in by a contract, to read, until an instant (P52)."""
