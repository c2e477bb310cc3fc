"""How fast the real server answers, measured against a floor (応答の速さ).

Imports nothing of the product: the floor and the client are processes without it.
"""
