"""Form check, assignment, assessment, confirmation, pending (仕分け)."""
