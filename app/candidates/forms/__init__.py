"""Forms of the candidates (対象候補の入力様式)."""
