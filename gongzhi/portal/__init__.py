"""The residents' face: raise a matter, follow it, read the public board; no account needed.

Words: follow (the session holds a proof for one matter), board (what everybody may see).  It has no
tables: forms become actions of `matters`.  Imports `notices` and below.
"""
