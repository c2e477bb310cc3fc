"""Backup and restore (バックアップ・復元): one file with the database, the files, and its proof."""
