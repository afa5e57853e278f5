"""Matters as Open311 GeoReport v2 speaks of them: raised and read by other systems, passed on to others.

Everybody reads what the public board shows, no more: kind, community, day, open or closed.  A client
reads what it raised itself as its requester does.  Words: service, service request, server, forward.
Imports `exchange`, `insight`, `matters` and below.
"""
