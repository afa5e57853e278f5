"""People who sign in, offices, and posts: who serves where as what, and who stands in for whom.

Residents have no account: a one-time code proves a telephone or an e-mail address for a while.
Words: user, office, post, absence, deputy, handover.  Imports `deadlines`, `places` and below.
"""
