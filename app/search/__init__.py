"""The search page: cases, replies and registers in one place (横断検索)."""
