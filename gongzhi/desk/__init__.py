"""The desk: what waits for whom, found, opened and moved on by those who work on matters.

Words: inbox, tab, row, intake, handover.  No tables of its own.  Imports `notices` and below.
"""
