"""Acts on candidates (対象候補の操作)."""
