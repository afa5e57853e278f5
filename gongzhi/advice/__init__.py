"""Suggestions from text, place and time: arrays in, suggestions out; no tables of matters.

A person decides, always.  Words: suggestion, danger.  Imports `base` only.
"""
