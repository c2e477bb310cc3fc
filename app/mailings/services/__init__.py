"""Acts on letters to many (一斉連絡の操作)."""
