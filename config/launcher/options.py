"""What may be typed behind `up`; looked at before anything is installed."""

import argparse

from config.launcher import memory
from config.launcher.say import Stop


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read what the person typed behind `up`."""
    parser = argparse.ArgumentParser("manage.py up", description="Run all of Stillwater on this machine, until Ctrl-C.")
    parser.add_argument("--port", type=int, default=8000, help="the port of the web pages (8000)")
    parser.add_argument("--no-demo", action="store_true", help="leave out the two demo organisations")
    parser.add_argument("--reset", action="store_true", help="delete everything and begin anew; asks first")
    return parser.parse_args(arguments)


def require_port(port: int) -> None:
    """Stop when the web pages can't have the port."""
    if not 0 < port < 65536:
        raise Stop(f"There is no port {port}: choose one between 1 and 65535.")
    if not memory.is_free(port):
        raise Stop(f"Port {port} is taken by another program: end that, or choose another one with --port.")
