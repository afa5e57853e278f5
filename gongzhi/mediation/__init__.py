"""Mediation of disputes: from an application to a signed agreement, its performance and its archive.

Everything about a case is sealed: only its parties, its mediators and its committee read it, and each
private room only one party and the mediators.  Nobody is mediated who does not consent, and a consent
can be taken back at any time.  Free of charge.  Words: case, party, consent, committee, mediator, room
(joint or private), offer, session, agreement, term, confirmation, opening.  Imports `parties` and below.
"""
