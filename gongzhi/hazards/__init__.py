"""Hazards of places, assets and services: registered, ordered to be put right, accepted by others.

Words: hazard, level, matrix, five points, interim protection, acceptance, listed supervision,
checklist, check, visit, finding.  Imports `notices` and below.  Nothing here is about a person or
what lies behind the door of a home.
"""
