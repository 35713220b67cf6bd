"""The daemon's duties, one module each: load plain data, decide purely, apply in one transaction.

Any number of processes may do any duty at the same time: constraints and conditional updates
elect, no one leads.
"""
