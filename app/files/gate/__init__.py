"""The gate for files (ファイルの受入検査): what comes in is what its name says, and harmless.

Free of the web and of the database: uploads, imports and commands use it alike (P31).
"""

from app.files.gate.check import ACCEPT, ALLOWED_WORDS, check_content
from app.files.gate.names import clean_name

__all__ = ["ACCEPT", "ALLOWED_WORDS", "check_content", "clean_name"]
