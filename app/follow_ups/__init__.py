"""What becomes of a classified case in another process (後続対応), by class."""
