"""The job that makes a file of a round, by name: who asks for it need not load what makes it."""

JOB = "make-round-file"
