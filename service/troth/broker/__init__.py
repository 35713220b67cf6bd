"""What rings between clock and workers, and the limits of providers, which are kept there, too."""
