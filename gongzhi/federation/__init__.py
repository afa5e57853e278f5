"""Two installations exchange matters: a township's and a district's hand them up and down.

Whoever raised a matter keeps one number and one door.  A level stands here as an office: what is
dispatched to it is handed over, and what it says there is said here by that office.  Each keeps its own
history; contacts stay where they were left.
Words: level (peer), handing, parcel, ledger.  Imports `exchange` and below.
"""
