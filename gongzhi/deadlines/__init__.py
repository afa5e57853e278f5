"""Working calendars and due dates: pure counting in `clocks`, calendars as rows on top.

Words: calendar, work_day, work_hour, urgent_hour, calendar_day, limit, due.
Imports `base`, `audit`, `places`.
"""
