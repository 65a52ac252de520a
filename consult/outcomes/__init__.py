"""What became of it: responses, summaries, commitments and the approved plan."""
