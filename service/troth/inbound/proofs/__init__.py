"""How a request proves whom it is from: secrets, signatures, tokens, certificates."""
