"""Backups of database and files, their check and restore (バックアップ・復元)."""
