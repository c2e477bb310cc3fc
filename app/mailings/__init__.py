"""Letters of the office to many bodies at once (一斉連絡)."""
