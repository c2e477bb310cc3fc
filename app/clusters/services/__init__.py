"""What changes clusters (まとまりを変える操作)."""
