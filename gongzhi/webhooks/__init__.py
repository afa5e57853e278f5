"""Webhooks: what happens to matters is told to other systems, and what they send becomes matters.

Told is the number and the state, and of what everybody may know also kind, place, office and date;
never a person, never a text.  Each event is told in the order of its matter, at least once.
Words: hook, event, delivery, dead letter, inlet.  Imports `insight` and below.
"""
