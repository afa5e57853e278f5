"""Rounds of places and things: planned by area, post, time and duty, walked with a checklist.

Words: checklist (edition), line, plan, spot, round, stop, finding.  Imports `assets` (whose labels are
scanned, and whose names are looked at alike) and below.  A stop is visited by its code or by a report
there; of a visit the day is kept, never the hour, never where a device was.
"""
