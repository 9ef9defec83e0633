"""H10b is writing this."""
