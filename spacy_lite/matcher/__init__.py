"""Rules over tokens: patterns of attributes, lists of phrases, and shapes of dependency trees."""

from .dependencymatcher import DependencyMatcher
from .levenshtein import levenshtein, levenshtein_compare
from .matcher import Matcher
from .phrasematcher import PhraseMatcher

__all__ = ["DependencyMatcher", "Matcher", "PhraseMatcher", "levenshtein", "levenshtein_compare"]
