"""Check of everything that is kept, as a whole (整合性の検証)."""
