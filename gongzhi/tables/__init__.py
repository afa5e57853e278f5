"""Tables in and out, as their schema declares them: refused row by row, tried before, resumed.

Words: schema, run, refusal, drop.  Imports `exchange` and below.
"""
