"""Acts on deadlines: calendar, extensions, terms (暦の変更・期限の延長・日数の変更)."""
