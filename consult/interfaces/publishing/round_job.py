"""The job that makes a file of a round, by name: who asks for it need not load what makes it."""

JOB = "make-round-file"
ROUND_FILES = "rounds/"
"""Where the cache of files keeps them, each round in a folder of its own."""
