"""The index of the full-text search, kept in step with what it finds (検索索引)."""
