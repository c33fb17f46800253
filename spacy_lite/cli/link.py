"""`link`, which is no more: says what took its place."""

from typing import Any

from ._messages import msg
from ._util import COMMAND, Arg, app, command

__all__ = ["link", "link_cli"]


@command(app, "link", overrides=True, hidden=True)
def link_cli(
    args: list[str] | None = Arg(None, help="Ignored"),
) -> None:
    """Pipelines are not linked any more: they are loaded by package name or path."""
    link()


def link(*args: Any, **kwargs: Any) -> None:
    """Say how pipelines are loaded, and leave with exit code 1. All arguments are ignored."""
    msg.fail(
        "Pipelines have no links any more",
        'Load them by name of the package or by path: spacy_lite.load("en_core_web_sm"). '
        f"To install one: {COMMAND} download NAME",
        exits=1,
    )
