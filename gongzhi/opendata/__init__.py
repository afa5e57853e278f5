"""What everybody may take away: files of public matters without persons, and what they add up to.

The same matters as on the public board, with the same coarse place; small numbers are hidden.
Words: volume, tally, data dictionary.  Imports `matters` and below.
"""
