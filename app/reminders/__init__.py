"""What people are told by date: digests, overdue events, escalation (期限の知らせ)."""
