"""`up`: all of Stillwater, running, until Ctrl-C."""

import argparse
import http.client
import os
import shutil
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from config.launcher import broker, memory, places, processes, roles, servers
from config.launcher.keeper import Keeper, Kept
from config.launcher.locks import only_one
from config.launcher.options import require_port
from config.launcher.postgres import Cluster
from config.launcher.processes import spawn
from config.launcher.say import Stop, last_line, line, since_begin, step

FIRST_PAGE_PATIENCE = 60.0


def up(options: argparse.Namespace) -> int:
    """Start everything, say where it is, and keep it running."""
    with only_one(servers.IN_USE, "up"):
        processes.end_leftovers()
        require_port(options.port)
        if options.reset:
            _reset()
        servers.check_theirs()
        places.require_room(50)
        places.forget_figures()
        keeper = Keeper()
        try:
            _start(keeper, options)
            keeper.watch()
        except KeyboardInterrupt:
            line()
        finally:
            _end(keeper)
    return 0


def _start(keeper: Keeper, options: argparse.Namespace) -> None:
    memory.keep_port("web", options.port)
    catcher_port = None if os.environ.get("EMAIL_URL") else memory.port_for("mail")
    cluster = _start_servers(keeper)
    servers.fill_environment(cluster.port if cluster else 0)
    _bring_up_to_date(cluster, options)
    with step("web pages and mail catcher"):
        web = _start_faces(keeper, options.port, catcher_port)
        _wait_for_page(web, options.port)
    with step("worker and beat"):
        _start_workers(keeper)
    _tell(options)


def _start_servers(keeper: Keeper) -> Cluster | None:
    if not os.environ.get("REDIS_URL"):
        with step("broker"):
            port = memory.port_for("broker")
            keeper.add("broker", partial(broker.start, port, places.RUN), _end_one)
    if not servers.is_embedded():
        return None
    cluster = servers.own_cluster()
    with step("database"):
        cluster.make()
        keeper.add("postgres", cluster.start, cluster.stop)
        secrets = memory.kept_secrets(servers.HOME / "data")
        roles.make_roles(cluster.maintenance_url, secrets)
        roles.check_wall(roles.url_for("app", secrets["app"], cluster.port))
    return cluster


def _end_one(process: processes.Process) -> None:
    processes.end([process])


def _bring_up_to_date(cluster: Cluster | None, options: argparse.Namespace) -> None:
    """Migrate and seed, unless the database says that exactly this code did it already."""
    code = roles.code_digest()
    state = roles.kept_state(cluster.maintenance_url) if cluster else {}
    if state.get("code") != code:
        with step("migrations"):
            _django("migrate", "--verbosity", "1")
        state = {"code": code}
    # The table of people names the port too.
    if not options.no_demo and not (state.get("demo") == options.port and places.PEOPLE.exists()):
        with step("demo"):
            _django("seed_demo")
            _write_people(_django("seed_demo", "--people"))
        state["demo"] = options.port
    if cluster:
        roles.keep_state(cluster.maintenance_url, **state)


def _django(command: str, *arguments: str) -> str:
    """Run a command of Django; its words go to the log, and are given back."""
    log = places.LOGS / f"{command}.log"
    whole = [sys.executable, "-m", "django", command, *arguments]
    answer = subprocess.run(
        whole, cwd=places.ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    log.write_text(answer.stdout + answer.stderr)
    if answer.returncode:
        raise Stop(f"`manage.py {command}` failed ({last_line(log)}); see {log}.")
    return answer.stdout


def _write_people(table: str) -> None:
    places.PEOPLE.touch(mode=0o600)
    places.PEOPLE.write_text(table)


def _start_faces(keeper: Keeper, port: int, catcher_port: int | None) -> Kept:
    # Whom to believe about addresses is decided in one place, by TRUSTED_PROXY_COUNT.
    uvicorn = ["uvicorn", "config.asgi:application", "--host", "127.0.0.1", "--port", str(port), "--no-proxy-headers"]
    options = ["--timeout-graceful-shutdown", "3", "--no-server-header", "--no-access-log"]
    web = keeper.add("web", _module("web", *uvicorn, *options))
    if catcher_port:
        catcher = ["config.mailcatcher", "--port", str(catcher_port), "--folder", os.environ["MAILBOX_DIR"]]
        keeper.add("mail", _module("mail", *catcher))
    return web


def _start_workers(keeper: Keeper) -> None:
    celery = ["celery", "--quiet", "-A", "config.celery"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    keeper.add(
        "worker",
        _module("worker", *celery, "worker", "--pool=threads", "--concurrency=4", "--loglevel=INFO", *quiet),
    )
    # The schedule is fixed, so there is nothing for beat to keep in a file.
    keeper.add("beat", _module("beat", *celery, "beat", "--scheduler", "celery.beat:Scheduler"))
    # What falls due is done without the broker too.
    keeper.add("tick", _module("tick", "django", "tick"))


def _module(name: str, *command: str) -> "partial[processes.Process]":
    return partial(spawn, name, [sys.executable, "-m", *command])


def _wait_for_page(web: Kept, port: int) -> None:
    deadline = time.monotonic() + FIRST_PAGE_PATIENCE
    while not _is_alive(port):
        if web.process.poll() is not None or time.monotonic() > deadline:
            log = places.LOGS / "web.log"
            raise Stop(f"The web pages do not start ({last_line(log)}); see {log}.")
        time.sleep(0.05)


def _is_alive(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _tell(options: argparse.Namespace) -> None:
    line(f"\nStillwater runs after {since_begin():.1f} s.\n")
    base = f"localhost:{options.port}"
    if not options.no_demo:
        line(f"  http://{base}/  the demo organisation (http://harbour.{base}/)")
        line(f"  http://quill.{base}/  a second one, that knows nothing of the first")
        line(f"  http://{base}/dev/mail/  the mails\n")
        line(places.PEOPLE.read_text())
    line("Logs are in var/log/. Ctrl-C ends everything.")


def _reset() -> None:
    if not servers.is_embedded():
        raise Stop("--reset empties the database in var/ only; empty the one that DATABASE_URL names yourself.")
    line(f"This deletes all organisations, incidents, mails and files in {places.VAR}.")
    try:
        answer = input("Type yes to go on: ")
    except EOFError:
        answer = ""
    if answer.strip().lower() != "yes":
        raise Stop("Nothing was deleted.")
    with step("empty everything"):
        for name in ("postgres", "files", "mail", "secrets.json", "demo.txt"):
            path: Path = places.VAR / name
            if path.is_dir():
                shutil.rmtree(path)
            path.unlink(missing_ok=True)
        places.prepare()


def _end(keeper: Keeper) -> None:
    began = time.monotonic()
    keeper.end_all()
    if keeper.is_watching:
        line(f"Stillwater has ended, after {time.monotonic() - began:.1f} s of tidying up.")
