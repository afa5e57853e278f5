"""Who may open what: every address asked as everybody, compared with a reviewed table on file."""
