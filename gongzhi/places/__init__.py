"""Where things are: district > township > community > grid > micro-grid, with boundaries.

Which place holds a point is answered from memory (`atlas`), with the same code on every database.
Words: place, level, code, path, boundary, edition, atlas, spot.  Imports `audit` and `base` only.

Pure modules of its own: `readers` (a file of boundaries → rows), `synthetic` (an invented district).
"""
