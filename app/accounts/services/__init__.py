"""What happens to accounts (アカウントの処理)."""
