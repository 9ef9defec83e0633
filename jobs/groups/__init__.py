"""Directories that tell who is in which group. Each `read` gives the same answer in the same form."""
