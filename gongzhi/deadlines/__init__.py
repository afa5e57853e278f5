"""Working calendars, rules with their law, and clocks: pure counting in `clocks`, rows on top.

Words: calendar, day, work_day, work_hour, urgent_hour, calendar_day, running_day, limit, due, rule,
clock, pause, extension, standing, recount.
Imports `base`, `audit`, `jobs`, `places`.
"""
