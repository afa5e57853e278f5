"""SQLite as a database backend for many threads and processes: see ``base.py``."""
