"""Made-up cases in all states, for trials of load (負荷試験用の案件).

The sample cases of a loaded demo are the patterns: every row of theirs was written by the services.
A made-up case is a copy of one with another body, other texts and other dates, and the copies are
written in bulk. See docs/decisions/0065-made-up-cases.md.
"""
