"""Each practice of the catalogue, played through by reply."""
