"""The truth, in SQL: SQLite for one process, PostgreSQL for a cluster, the same verbs over both.

Verbs are functions grouped by noun; each takes a connection, so that its caller decides which of
them make one transaction. `now` is always an argument.
"""
