"""Where the talking is done: plans, rounds, proposals, comments, curation and meetings."""
