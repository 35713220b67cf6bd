"""Troth: a reminder and nudge service for couples. See README.md and docs/architecture.md."""

__version__ = "0.1.0"
