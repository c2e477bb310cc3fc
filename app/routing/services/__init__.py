"""Acts on the duties (所管事務の操作)."""
