"""Clients that others wrote read our endpoints over a socket, and agree with the store (make interop)."""
