"""Forms of the plans (共通化推進方針の入力様式)."""
