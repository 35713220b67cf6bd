"""A whole store outside of a database: written as one sealed file, checked, read back, moved."""
