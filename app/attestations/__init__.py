"""Yearly training and pledge (研修・誓約): without it an account only reads (P52)."""
