"""Measurements (計測): how fast on this machine, how good on the labelled sets. `python -m bench`.

Nothing here is judged by a limit of its own: a figure stands beside that of a plain indexed query
in the same run, so that two machines can be compared.
"""
