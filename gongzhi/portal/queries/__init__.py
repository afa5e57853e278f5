"""What residents read: where things are, what the public board says, how their matter stands."""
