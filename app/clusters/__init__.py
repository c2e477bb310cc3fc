"""Systems of one function under whatever name (呼称のゆれのまとめ)."""
