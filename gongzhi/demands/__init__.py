"""Written orders of authorities that a law lets ask for something of one named matter.

An order names its ground and one matter; there is no way to ask in bulk or by a person.  The data officer
and the leader of the place, two people, each check ground and scope; what is handed over is a look that the
person of the matter reads, at once or, where a law forbids that, from a day on.  Words: demand, order,
authority, part, deferral.  Sealed files (petitions, mediation) are never handed over.  Imports `parties` and below.
"""
