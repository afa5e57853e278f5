"""What other systems ask and say: clients with their tokens, and the HTTP interface they call.

A client acts with the posts of an account of its own, so the rules that hold for people hold for it.
Words: client, token, scope, trial.  Imports `matters` and below.
"""
