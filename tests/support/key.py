"""The key of every store that tests and benchmarks open, and of the processes over it."""

KEY = "the tests know this key and nobody else"
