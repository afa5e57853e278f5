"""Two installations exchange matters up and down: a township's and a district's.

One number for who raised it; each keeps its own history; contacts stay where they are needed.
Words: peer, handed matter, parcel, receipt.  Imports `exchange` and below.
"""
