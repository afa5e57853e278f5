"""What everybody can ask about their own data, and what the house has to declare and keep to.

What each field about a person is for (purposes), how long it is kept (terms, holds), who looked, what a
person asks for (subject requests), and the impact assessments.  Found by the matter, never by the person.
Words: purpose, term, hold, subject request, sweep, impact assessment.  Imports what holds data of matters.
"""
