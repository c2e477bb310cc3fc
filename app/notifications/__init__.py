"""Outgoing mail, written in the same transaction as the act it tells of (送信箱)."""
