"""The house as people meet it: a real browser, the production server, and nothing else between."""
