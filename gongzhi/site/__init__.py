"""Composition: settings, addresses and the WSGI entry. It may import every app; no app imports it."""
