"""Discrepancies (食い違い): what a careful reader sees and somebody has to explain."""
