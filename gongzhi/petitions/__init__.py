"""Petitions: registered, forwarded, answered by law, reviewed twice; whoever raises one is protected.

Sealed: only those who must deal with a petition read it, each look is recorded and shown, and there is
no list, count or tag of petitioners.  Words: petition, petitioner, organ, stage, opinion, review, final
review, proxy, representative, reception day, policy answer.  Imports `parties` and below.
"""
