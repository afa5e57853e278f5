"""The catalogue of data items that systems share: who owns and uses them, what for, on which ground.

Only what is declared moves, and only its count is kept.
Words: data item, holder, use, transfer.  Imports `exchange` and below.
"""
