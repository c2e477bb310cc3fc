"""Forms about replies and views (回答・見解の入力様式)."""
