"""What the matters of a place tell together: hot issues, and the joint matters opened from them.

All of it is about kinds and places; nothing is kept of who raised what, and nothing of it is sent to
anybody.  Words: hot issue, joint matter.  Imports `matters` and below.
"""
