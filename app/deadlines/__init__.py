"""Deadlines of open cases: extended, re-dated, how the time was spent (期限の延長・時間の内訳)."""
