"""Importable modules for languages without a folder of their own: `from spacy_lite.lang.ru import Russian`.

A module of that kind has the generic class of the language, under the name of the language, and in `stop_words` its stop
words. It is made when it is imported and no file has been found for it.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType

__all__ = ["GenericLanguageModules", "install"]

PREFIX = f"{__package__}."
GENERIC = f"{__package__}.generic"
STOP_WORDS = "stop_words"


class GenericLanguageModules(MetaPathFinder, Loader):
    """Finds and fills the modules. It stands last among the finders, so that a folder of a language comes first."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module of a language that has a name in `generic`; None for every other module."""
        code, _, inner = fullname.removeprefix(PREFIX).partition(".")
        if not fullname.startswith(PREFIX) or len(code) > 3 or inner not in ("", STOP_WORDS):
            return None
        if code not in import_module(GENERIC).NAMES:
            return None
        return spec_from_loader(fullname, self, is_package=not inner)

    def exec_module(self, module: ModuleType) -> None:
        """Put the class of the language, or its stop words, into the module."""
        code, _, inner = module.__name__.removeprefix(PREFIX).partition(".")
        language = import_module(GENERIC).language_class(code)
        contents = {"STOP_WORDS": language.Defaults.stop_words} if inner else {language.__name__: language}
        module.__dict__.update(contents, __all__=list(contents), __doc__=f"{language.__name__}: {language.Defaults.__doc__}")


def install() -> None:
    """Let the modules be found by `import`; once in a process."""
    if not any(isinstance(finder, GenericLanguageModules) for finder in sys.meta_path):
        sys.meta_path.append(GenericLanguageModules())
