"""What is written by mail or to a robot of a messenger becomes matters through the same door.

Words: mailbox, robot, message.  Imports `exchange` and below.
"""
