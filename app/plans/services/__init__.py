"""Acts on a plan (方針の操作): begin, write, submit, decide, comment, answer."""
