"""Replies released together, the view of the body, the answer to it (公開・見解・回答）."""
