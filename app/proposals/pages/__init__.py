"""What the pages of the proposing body show (提案の画面の内容)."""
