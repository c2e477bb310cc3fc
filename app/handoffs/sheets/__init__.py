"""Replies on a sheet (回答の表): taken out, filled in by hand, brought back."""
