"""What is made up once and then kept in ``var/``: passwords, the secret key, ports."""

import json
import os
import secrets
import socket
from pathlib import Path

from config.launcher.places import VAR
from config.launcher.say import Stop

SECRETS = VAR / "secrets.json"
PORTS = VAR / "ports.json"
NAMES = ("secret_key", "superuser", "owner", "app", "backup")


def new_secrets() -> dict[str, str]:
    """Return fresh secrets, for servers that nobody knows yet."""
    return {name: secrets.token_urlsafe(50 if name == "secret_key" else 24) for name in NAMES}


def kept_secrets(cluster: Path) -> dict[str, str]:
    """Return the secrets of this folder, made up at the first start and private to its user."""
    if SECRETS.exists():
        kept: dict[str, str] = json.loads(SECRETS.read_text())
        return kept
    if cluster.exists():
        raise Stop(f"{SECRETS} is gone, and with it the passwords of {cluster}: put it back, or run `up --reset`.")
    made = new_secrets()
    _write(SECRETS, made)
    return made


def kept_ports() -> dict[str, int]:
    """Return the ports chosen at a former start."""
    try:
        ports: dict[str, int] = json.loads(PORTS.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return ports


def port_for(name: str) -> int:
    """Return the server's port: the one it had before, unless somebody else took that meanwhile."""
    port = kept_ports().get(name)
    if port is None or not is_free(port):
        port = free_port()
        keep_port(name, port)
    return port


def keep_port(name: str, port: int) -> None:
    """Note the port for the next start, and for commands that run meanwhile."""
    _write(PORTS, {**kept_ports(), name: port})


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def is_free(port: int) -> bool:
    """Return whether a server could listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise Stop(f"Port {port} is reserved for root: choose another one with --port.") from error
        except OSError:
            return False
    return True


def is_answering(port: int) -> bool:
    """Return whether somebody listens on the port now."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _write(path: Path, content: dict[str, str] | dict[str, int]) -> None:
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(content, indent=1))
    os.replace(draft, path)
