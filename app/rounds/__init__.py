"""Rounds, schemes, categories, terms (募集回・分類体系・期限)."""
