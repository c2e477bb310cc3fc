"""Acts on hand-offs (送付の操作)."""
