"""What reviews lay before a couple of their own: a module for the sections of a kind."""
