"""The command line: thin, every command a few lines over the parts."""
