"""What components write and need, under the import path users know."""

from .language.analysis import DEFAULT_KEYS, analyze_pipes, get_attr_info, print_pipe_analysis, validate_attrs

__all__ = ["DEFAULT_KEYS", "analyze_pipes", "get_attr_info", "print_pipe_analysis", "validate_attrs"]
