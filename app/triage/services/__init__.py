"""What happens to a case at the secretariat (仕分けの処理)."""
