"""History that cannot be rewritten quietly: entries, chained per subject; reads of personal data.

The lowest app with tables: an actor is an id and a label, never a foreign key.
Words: entry, chain, head, look.  Imports `base` only.
"""
