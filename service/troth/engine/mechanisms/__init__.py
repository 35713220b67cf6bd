"""What practices set going beyond a nudge and its answers: a mechanism a file."""
