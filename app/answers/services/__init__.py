"""Acts on replies and views (回答・見解の操作)."""
