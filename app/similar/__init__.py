"""Similar proposals of all rounds (類似の提案)."""
