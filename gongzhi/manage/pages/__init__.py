"""What administrators see and press, one file a subject."""
