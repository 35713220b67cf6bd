"""What a review lays before its reader, section by section."""
