"""Home of each role (私の仕事)."""
