"""What is looked at again, when and why: F-2, F-3, F-4 (見直しの条件)."""
