"""What happens to a proposal on the side of its body (提案の処理)."""
