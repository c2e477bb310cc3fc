"""Forms of the hand-offs (送付の様式)."""
