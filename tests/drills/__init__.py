"""What must hold when many press at once and when processes are killed in the middle."""
