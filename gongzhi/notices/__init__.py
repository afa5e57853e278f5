"""Messages to people: notices on the desk for those who work, letters to those who raised a matter.

A letter says that something happened and where to read it, never what: a telephone lies about.
Words: notice (in the house), letter (leaves the house).  Imports `matters` and below.
"""
