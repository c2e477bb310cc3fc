"""Reference lists a case can be evidence-linked to (台帳)."""
