"""What is written by mail, or to a robot of a messenger, becomes matters through the same door.

What machines write is left alone and never answered; an answer to our receipt is added to its matter.
Words: mailbox, mail, robot, claim.  Imports `exchange` and below.
"""
