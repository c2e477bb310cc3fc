"""Hand-overs between bodies and their receipt (授受の確認)."""
