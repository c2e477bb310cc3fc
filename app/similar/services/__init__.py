"""Services of the similar cases (類似の提案): differences, verdicts on pairs, the index."""
