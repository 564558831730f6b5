"""Knowledge graphs from AI paper digests. Start reading at `kg.pipeline`."""

__version__ = "0.1.0"
