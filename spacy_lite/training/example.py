"""Known import path; lives in `spacy_lite.gold`."""

from ..gold import Example, validate_distillation_examples, validate_examples, validate_get_examples

__all__ = ["Example", "validate_distillation_examples", "validate_examples", "validate_get_examples"]
