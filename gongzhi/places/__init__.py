"""Where things are: district > township > community > grid > micro-grid, with boundaries.

Which place holds a point is answered from memory (`atlas`), with the same code on every database.
What a text speaks of is found by names (`gazetteer`): those of places, of what people call things in
them, and of the address library.
Words: place, level, code, path, boundary, edition, atlas, spot, address, gazetteer, precision.
Imports `audit` and `base` only.

Pure modules of its own: `readers` (a file of boundaries or addresses → rows), `names` (names in a text),
`synthetic` (an invented district).
"""
