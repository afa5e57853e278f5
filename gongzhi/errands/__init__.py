"""Errands: what a grid worker is asked to do on the spot about one matter.

Words: errand, asker, worker, checklist, outcome; verify, inspect, visit, deliver.
Imports `notices`, `matters` and below.
"""
