"""Integrity (整合性): does all that is stored agree with itself, and is everything still there?"""
