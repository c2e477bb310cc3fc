"""Finding what bodies share, sign off and ask to amend (共同提案・決裁・変更の申出の検索)."""
