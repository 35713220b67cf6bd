"""The real service on a clock that is wound by hand: what would happen, without waiting for it."""
