"""Documentation that is written in Git and read in the portal."""
