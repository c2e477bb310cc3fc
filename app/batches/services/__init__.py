"""Acts on batches and texts (まとめて送付・文面の操作)."""
