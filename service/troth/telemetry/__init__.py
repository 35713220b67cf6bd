"""What Troth tells those who watch it: metrics and traces."""
