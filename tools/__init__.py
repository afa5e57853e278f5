"""What `make` runs: set-up, start, translations, a PostgreSQL for tests."""
