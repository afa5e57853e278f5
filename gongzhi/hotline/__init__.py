"""Orders of a 12345 hotline, both ways: what it sends becomes matters, what happens is written back.

Taken, answered, given back with its ground, more time asked for, closed; urged, ruled on and followed
up by them.  Of what not everybody may know by law, number and state alone leave the house.
Words: platform, order, message, line.  Imports `exchange` and below.
"""
