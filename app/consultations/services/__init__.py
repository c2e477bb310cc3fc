"""Acts on a thread (事前相談の操作)."""
