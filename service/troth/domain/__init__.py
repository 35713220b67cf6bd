"""The rules of Troth: frozen data and pure functions. No input or output, no clock."""
