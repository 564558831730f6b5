"""From findings of single entries to one node per thing."""
