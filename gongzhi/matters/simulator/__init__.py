"""A district's year, drawn by lot: pure, from the profile and texts in ``seeds/simulator``.

`arrivals` says what is raised when and where, `worktime` counts office hours, `lives` says what
then happens to each matter, step by step (`steps`), and `beside` what runs beside the loop.  `matters.actions.simulating` does it, by the real actions.
"""
