"""What speaks for a category, with the words and the register row it rests on (分類の候補)."""
