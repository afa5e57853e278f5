"""The face for administrators: catalogue, places, offices, people and posts, jobs, histories.

Everything here is data, no code; every change goes through the actions of the app it belongs to.
Imports `notices` and below; no tables.
"""
