"""Training: from gold annotations and the digests they annotate to the files that extraction reads."""
