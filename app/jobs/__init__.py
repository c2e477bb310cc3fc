"""Scheduled jobs and their ledger (定期処理)."""
