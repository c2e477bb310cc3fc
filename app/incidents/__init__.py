"""Reports of leaks and other incidents (漏えい等の報告)."""
