"""The rules of the integrity check (整合性の規則), one matter a module."""
