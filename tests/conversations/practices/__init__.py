"""Conversations that play the catalogue's practices through, by reply."""
