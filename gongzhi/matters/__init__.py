"""The spine: a matter from receipt to closing, its catalogue, its offices' tasks, its words.

Knows nothing of any business.  Words: matter, kind, requester, receipt code, office task, answer,
message, objection, extension, deferral, follow_up, rating.  Imports `advice`, `accounts` and below.
"""
