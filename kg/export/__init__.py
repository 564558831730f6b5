"""Writers of a graph for other programs: one module a target, an entry point of `kg.exporters` each."""
