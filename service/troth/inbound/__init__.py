"""The ways in: each file turns what comes by one way into a Reply and gives it to the one door."""
