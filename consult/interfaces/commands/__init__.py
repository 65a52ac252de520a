"""`flask consult …`: what an operator does. Each command wraps services; it decides nothing."""
