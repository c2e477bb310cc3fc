"""What is said about a case inside the secretariat and, on purpose, beyond it (コメント)."""
