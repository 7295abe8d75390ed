"""Where a server is to listen, as --bind and --port say."""

from __future__ import annotations

import click

from ld.bounds import listening
from ld.errors import UsageError
from ld.settings import Settings

bind = click.option("--bind", help="Address and port, such as 0.0.0.0:8000.")
port = click.option("--port", type=click.IntRange(1, 65535), help="Port alone; the address stays as it is.")


def wanted(settings: Settings, port: int | None) -> str:
    """Return HOST:PORT, with the port of --port; raises UsageError where --bind names another."""
    host, number = listening(settings["bind"])
    if port is None or port == number:
        return str(settings["bind"])
    if settings.origin["bind"] == "flag":
        raise UsageError(f"--bind {settings['bind']} and --port {port} disagree: name the port once")
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def url(host: str, port: int) -> str:
    """Return the URL of a server that listens there."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"
