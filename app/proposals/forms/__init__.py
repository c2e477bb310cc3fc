"""Forms of the proposing body, and of the lead who decides on late ones (提案の入力様式)."""
