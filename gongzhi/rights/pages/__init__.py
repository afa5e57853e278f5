"""What a person sees and asks, what the data officer answers, what everybody reads."""
