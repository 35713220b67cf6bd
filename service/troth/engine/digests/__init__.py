"""What a review lays before a couple of their own: a section or two a module."""
