"""People of sealed files: how each is reached, by what secret each comes in, what they sign and hand in.

A business whose files are sealed (petitions, mediation, care) keeps its people here, and nothing of
them anywhere else.  A *file* is one record of such a business, named by its key alone.  Words: party,
reach, room, paper, signature.  There is no way to find a file by a person.  Imports `notices` and below.
"""
