"""The extractor that asks a language model, at any OpenAI-compatible endpoint: see docs/llm.md."""

from kg.extract.llm.extractor import LlmExtractor

__all__ = ["LlmExtractor"]
