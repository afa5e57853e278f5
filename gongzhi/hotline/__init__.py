"""Orders of a 12345 hotline, both ways: taken, answered, given back, extended, written back.

Words: hotline, order.  Imports `exchange` and below.
"""
