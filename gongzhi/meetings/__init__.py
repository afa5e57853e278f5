"""Offices called together: whistle-calls, consultations and joint meetings, as one business.

All three summon offices to a place and a time, collect who comes, record who was there and what came
of it, and follow what was resolved to its end.  Beside them stands the call list: what each office must
come for.  Words: summons, attendance, agenda, resolution, situation.  Imports `notices` and below.
"""
