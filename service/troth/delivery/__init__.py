"""From a message to what became of it: Sent, TryAgain or Refused. Knows no store and no engine."""
