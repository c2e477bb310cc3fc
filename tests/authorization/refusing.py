"""Doors at which no reader of the matrix is let through in any situation (通れない扉), and why.

Their rows show that they refuse, and no more; each that the world learns to reach leaves this list.
"""

REFUSING: dict[tuple[str, str], str] = {
    ("accounts.accept", "POST"): "whoever gets through is sent to the sign-in, as who is refused",
    ("accounts.begin_first_device", "POST"): "only between password and first device",
    ("accounts.first_device", "GET"): "only between password and first device",
    ("accounts.first_device", "POST"): "only between password and first device",
    ("accounts.logout", "POST"): "whoever gets through is sent to the sign-in, as who is refused",
    ("accounts.reset_password", "POST"): "whoever gets through is sent to the sign-in, too",
    ("accounts.second_step", "GET"): "only between password and second factor",
    ("accounts.second_step", "POST"): "only between password and second factor",
}
