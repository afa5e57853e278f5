"""The counter of a centre: seats, numbers that visitors draw, who is called next, figures of days.

A number stands for nobody: no name, telephone or reason is kept with it, and it is gone after its day.
Words: seat, ticket, display, entrance.  Imports `matters` and below.
"""
