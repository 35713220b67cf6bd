"""Schedules as data: reading and checking the TOML of practices, languages and couples."""
