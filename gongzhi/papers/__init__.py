"""Paper: what an office prints, hands over or files, as PDF and as spreadsheets.

Words: sheet, dossier, order, reply, ledger.  No tables of its own; each export is recorded.
Imports `matters` and below.
"""
