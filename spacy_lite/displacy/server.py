"""A small web server for one drawing."""

import socket
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any
from wsgiref import simple_server

__all__ = ["app", "find_available_port", "show"]

_shown: dict[str, str] = {}


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The drawing as a WSGI application: the same page for every address."""
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [_shown.get("html", "").encode("utf8")]


def find_available_port(start: int, host: str, auto_select: bool = False) -> int:
    """A port to listen at: `start`, or with `auto_select` the first free one from there on. Raises OSError if there is none."""
    for port in range(start, 65536 if auto_select else start + 1):
        with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    advice = "free one of them" if auto_select else "choose another with `port`, or set auto_select_port=True"
    raise OSError(f"no free port from {start} on at {host}: {advice}")


def show(html: str, style: str, host: str, port: int) -> None:
    """Serve a page until interrupted."""
    _shown["html"] = html
    with simple_server.make_server(host, port, app) as server:
        print(
            f"displaCy, style {style!r}: http://{'localhost' if host == '0.0.0.0' else host}:{port} (stop with Ctrl+C)",
            flush=True,
        )
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("Stopped.")
        finally:
            _shown.clear()
