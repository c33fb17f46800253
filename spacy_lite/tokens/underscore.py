"""Extension attributes: what users hang on Doc, Span and Token under `._`."""

import functools
from collections.abc import Callable, MutableMapping
from copy import copy
from typing import Any

from ..errors import nearest

__all__ = ["Underscore", "extension_methods"]

#: (default, method, getter, setter) of a registered extension.
Extension = tuple[Any, Callable | None, Callable | None, Callable | None]


class Underscore:
    """Extension attributes of one object, as attributes of this one.

    extensions: the registered extensions of the object's class, by name. obj: a Doc, Span or Token. start, end: the
    characters the object covers (`end` is None for a Token, both are for a Doc). label, kb_id, span_id: of a Span; spans
    that differ only in these have values of their own.

    Values are kept in `Doc.user_data` under ("._.", name, start, end), with label, kb_id and span_id behind for a Span that
    has any. A Span without a value of its own reads the one stored for its characters alone (which is all that spaCy 3
    files have).
    """

    mutable_types = (dict, list, set)
    doc_extensions: dict[str, Extension] = {}
    span_extensions: dict[str, Extension] = {}
    token_extensions: dict[str, Extension] = {}

    __slots__ = ("_doc", "_end", "_extensions", "_identity", "_obj", "_start")

    def __init__(
        self,
        extensions: dict[str, Extension],
        obj: Any,
        start: int | None = None,
        end: int | None = None,
        label: int = 0,
        kb_id: int = 0,
        span_id: int = 0,
    ) -> None:
        put = functools.partial(object.__setattr__, self)
        put("_extensions", extensions)
        put("_obj", obj)
        put("_doc", obj.doc)
        put("_start", start)
        put("_end", end)
        put("_identity", (label, kb_id, span_id) if label or kb_id or span_id else ())

    def __dir__(self) -> list[str]:
        return [*self._extensions, "get", "has", "set"]

    def __getattr__(self, name: str) -> Any:
        default, method, getter, _ = self._extension(name)
        if getter is not None:
            return getter(self._obj)
        if method is not None:
            return functools.wraps(method)(functools.partial(method, self._obj))
        values = self._doc.user_data
        key = self._get_key(name)
        if key in values:
            return values[key]
        if self._identity and key[:4] in values:
            return values[key[:4]]
        if isinstance(default, self.mutable_types):
            # Every object gets its own copy, and keeps it: a change of it must not be lost, nor show elsewhere.
            values[key] = default = copy(default)
        return default

    def __setattr__(self, name: str, value: Any) -> None:
        _, method, getter, setter = self._extension(name)
        if setter is not None:
            setter(self._obj, value)
        elif getter is not None or method is not None:
            kind = "getter" if getter is not None else "method"
            raise AttributeError(f"`._.{name}` was registered with a {kind} and no setter, so it cannot be set")
        else:
            self._doc.user_data[self._get_key(name)] = value

    def set(self, name: str, value: Any) -> None:
        """Set the extension attribute `name`."""
        self.__setattr__(name, value)

    def get(self, name: str) -> Any:
        """Value of the extension attribute `name`."""
        return self.__getattr__(name)

    def has(self, name: str) -> bool:
        """Whether an extension attribute of that name is registered."""
        return name in self._extensions

    def _extension(self, name: str) -> Extension:
        if name.startswith("__") or name in self.__slots__:  # looked up on an object without state, as by copy and pickle
            raise AttributeError(name)
        try:
            return self._extensions[name]
        except KeyError:
            kind = type(self._obj).__name__
            hint = nearest(name, self._extensions)
            raise AttributeError(
                f"{kind} has no extension attribute `{name}`{hint}: register it with "
                f"{kind}.set_extension({name!r}, default=...)"
            ) from None

    def _get_key(self, name: str) -> tuple:
        return ("._.", name, self._start, self._end, *self._identity)

    @classmethod
    def get_state(cls) -> tuple[dict, dict, dict]:
        """The registered extensions, of Token, Span and Doc: what another process needs to know them."""
        return cls.token_extensions, cls.span_extensions, cls.doc_extensions

    @classmethod
    def load_state(cls, state: tuple[dict, dict, dict]) -> None:
        """Take over the extensions that `get_state` returned."""
        cls.token_extensions, cls.span_extensions, cls.doc_extensions = state


def check_extension(**kwargs: Any) -> Extension:
    """The (default, method, getter, setter) that the arguments of `set_extension` describe.

    Raises ValueError unless exactly one of default, method and getter is given (a default of None is one), for a setter
    without a getter, for a method, getter or setter that cannot be called, and for an argument of another name.
    """
    kinds = ("default", "method", "getter", "setter")
    for name, value in kwargs.items():
        if name not in (*kinds, "force"):
            raise ValueError(f"set_extension: unknown argument `{name}`{nearest(name, (*kinds, 'force'))}")
        if name in kinds[1:] and value is not None and not callable(value):
            raise ValueError(f"set_extension: {name} must be a function, got {type(value).__name__}")
    default, method, getter, setter = (kwargs.get(name) for name in kinds)
    if setter is not None and getter is None:
        raise ValueError("set_extension: a setter needs a getter beside it")
    given = [name for name in kinds[:3] if name == "default" and name in kwargs or kwargs.get(name) is not None]
    if len(given) != 1:
        raise ValueError(f"set_extension: give exactly one of default, method and getter, got {', '.join(given) or 'none'}")
    return default, method, getter, setter


def extension_methods(kind: str) -> tuple[classmethod, classmethod, classmethod, classmethod]:
    """The class methods set_extension, get_extension, has_extension and remove_extension of Doc, Span or Token.

    kind: "doc", "span" or "token". The registered extensions are looked up on Underscore at each call, because `load_state`
    replaces them.
    """

    def registered() -> dict[str, Extension]:
        return getattr(Underscore, f"{kind}_extensions")

    def set_extension(cls: type, name: str, **kwargs: Any) -> None:
        """Register an extension attribute, read and set as `._.name`.

        name: its name. One of default (the initial value), method (called with the object and the arguments given) or
        getter (called with the object), the last with an optional setter (called with the object and the value). force
        (bool): replace an extension of that name. Raises ValueError for any other combination.
        """
        if name in registered() and not kwargs.get("force"):
            raise ValueError(f"{cls.__name__} has an extension attribute `{name}` already: pass force=True to replace it")
        registered()[name] = check_extension(**kwargs)

    def get_extension(cls: type, name: str) -> Extension | None:
        """The (default, method, getter, setter) of an extension attribute; None for an unknown name."""
        return registered().get(name)

    def has_extension(cls: type, name: str) -> bool:
        """Whether an extension attribute of that name is registered."""
        return name in registered()

    def remove_extension(cls: type, name: str) -> Extension:
        """Remove an extension attribute and return its (default, method, getter, setter). Raises ValueError for an
        unknown name.
        """
        if name not in registered():
            raise ValueError(f"{cls.__name__} has no extension attribute `{name}` to remove{nearest(name, registered())}")
        return registered().pop(name)

    return classmethod(set_extension), classmethod(get_extension), classmethod(has_extension), classmethod(remove_extension)


def rename_keys(user_data: MutableMapping, start: int, end: int, old: tuple, new: tuple) -> None:
    """Move the values of a Span's extensions to its new (label, kb_id, span_id)."""
    old_tail, new_tail = (tail if any(tail) else () for tail in (old, new))
    for name in Underscore.span_extensions:
        before = ("._.", name, start, end)
        if before + old_tail in user_data:
            user_data[before + new_tail] = user_data.pop(before + old_tail)
