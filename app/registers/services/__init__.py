"""Acts on the registers (台帳の操作)."""

from app.registers.content import EntryContent
from app.registers.services.loading import Loaded, add_entries, load_registers

# A row to be added is its content, under a name that says so.
NewEntry = EntryContent

__all__ = ["Loaded", "NewEntry", "add_entries", "load_registers"]
