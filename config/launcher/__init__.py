"""What `manage.py` does: everything from a bare Python to all of Stillwater running.

Nothing but the standard library is imported here until the virtual environment is there.
In a production image, where Django is importable, nothing is set up: Django's commands run as they are.
"""

import importlib.util
import os
import sys

from config.launcher import places, say
from config.launcher.say import Stop

OURS = {"up", "test", "bench", "chaos"}


def main() -> int:
    """Run what the person typed; failures that are not ours are told in one sentence."""
    say.begin()
    try:
        return _run(sys.argv[1:])
    except Stop as stop:
        print(stop, file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        sentence = say.sentence_for(error)
        if not sentence:
            raise
        print(sentence, file=sys.stderr)
    return 1


def _run(arguments: list[str]) -> int:
    name = arguments[0] if arguments else ""
    if not places.in_venv() and importlib.util.find_spec("django"):
        return _run_as_installed(name, arguments)
    if os.name != "posix":
        raise Stop("Stillwater runs on Linux and macOS; on Windows, run it inside WSL.")
    places.prepare()
    _enter_venv(name, arguments)
    if name == "up":
        from config.launcher.options import parse
        from config.launcher.up import up

        return up(parse(arguments[1:]))
    if name == "test":
        from config.launcher.trial import trial

        return trial(arguments[1:])
    if name == "bench":
        from config.launcher.stand import bench

        return bench(arguments[1:])
    if name == "chaos":
        from config.launcher.disorder import chaos

        return chaos(arguments[1:])
    from config.launcher.command import command

    return command(arguments)


def _run_as_installed(name: str, arguments: list[str]) -> int:
    if name in OURS:
        raise Stop(
            f"This Python has Django installed, as a production image does, so `{name}` sets nothing up here; for "
            f"a development environment run: python3 -m venv .venv && .venv/bin/python manage.py {name}"
        )
    from config.launcher.command import run_django

    return run_django(arguments)


def _enter_venv(name: str, arguments: list[str]) -> None:
    """Have the virtual environment as the lock wants it, and be in it."""
    from config.launcher import bootstrap

    lock = "test.txt" if name == "test" else "runtime.txt"
    if name == "up" and not places.in_venv() and not bootstrap.is_ready(lock):
        _look_before_waiting(arguments)
    is_new = bootstrap.ensure(lock)
    if is_new or not places.in_venv():
        os.execv(places.PYTHON, [str(places.PYTHON), str(places.ROOT / "manage.py"), *arguments])


def _look_before_waiting(arguments: list[str]) -> None:
    """Tell what can be told before a minute of installing packages."""
    from config.launcher.options import parse, require_port

    require_port(parse(arguments[1:]).port)
