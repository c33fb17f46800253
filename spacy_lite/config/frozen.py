"""Empty defaults that cannot be written to: a mutable default argument shared by all calls would keep what one of them put
in.
"""

from typing import Any, NoReturn

__all__ = ["SimpleFrozenDict", "SimpleFrozenList"]


class SimpleFrozenDict(dict):
    """A dict that refuses to be changed. error: the message to refuse with."""

    def __init__(
        self, *args: Any, error: str = "this dict is a shared default and cannot be changed: pass your own", **kwargs: Any
    ) -> None:
        self.error = error
        super().__init__(*args, **kwargs)

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError(self.error)

    __setitem__ = __delitem__ = pop = popitem = clear = update = setdefault = __ior__ = _refuse

    def __deepcopy__(self, memo: dict[int, Any]) -> "SimpleFrozenDict":
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (SimpleFrozenDict, (dict(self),))


class SimpleFrozenList(list):
    """A list that refuses to be changed. error: the message to refuse with."""

    def __init__(
        self, *args: Any, error: str = "this list is a view of the pipeline's state and cannot be changed directly"
    ) -> None:
        self.error = error
        super().__init__(*args)

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError(self.error)

    __setitem__ = __delitem__ = append = clear = extend = insert = pop = remove = reverse = sort = __iadd__ = __imul__ = _refuse

    def __deepcopy__(self, memo: dict[int, Any]) -> "SimpleFrozenList":
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (SimpleFrozenList, (list(self),))
