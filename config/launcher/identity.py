"""PostgreSQL refuses to run as uid 0, so for root it runs under another number, or as another user.

First choice is a user namespace in which our uid wears another number: the files stay ours. Where a container
forbids that, an unprivileged user is taken; if need be he may pass folders that are closed to him (0700).
"""

import ctypes
import os
import pwd
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from config.launcher.places import ROOT
from config.launcher.say import Stop

CLONE_NEWUSER = 0x10000000
PR_SET_KEEPCAPS, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 8, 28, 47, 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1
NOBODY = 65534

libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Identity:
    """Who the database's processes are: the owner of its files, and how to become him before exec."""

    uid: int
    gid: int
    become: Callable[[], None]


def identity_for(binary: Path, home: Path) -> Identity:
    """Return the first identity under which the binary runs and may write into the folder."""
    owner = home.stat().st_uid
    for candidate in sorted(_candidates(), key=lambda each: each.uid != owner):
        if _works(candidate, binary, home):
            return candidate
    raise Stop(
        "PostgreSQL refuses to run as root, and this system allows neither a user namespace nor another user for "
        "it: run this as an ordinary user, or set DATABASE_URL and DATABASE_OWNER_URL."
    )


def _candidates() -> Iterator[Identity]:
    uid, gid = os.getuid(), os.getgid()
    if uid and _is_known(uid):
        yield Identity(uid, gid, lambda: None)
        return
    if sys.platform == "linux":
        yield Identity(uid, gid, _enter_namespace)
    if uid == 0:
        other = _unprivileged()
        yield Identity(other.pw_uid, other.pw_gid, lambda: _drop(other))
        if sys.platform == "linux":
            yield Identity(other.pw_uid, other.pw_gid, lambda: _drop_but_pass(other))


def _is_known(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid))
    except KeyError:
        return False


def _unprivileged() -> pwd.struct_passwd:
    """The owner of our folder when that is not root, else nobody."""
    owner = ROOT.stat().st_uid
    return pwd.getpwuid(owner) if owner and _is_known(owner) else pwd.getpwnam("nobody")


def _works(candidate: Identity, binary: Path, home: Path) -> bool:
    before = home.stat()

    def become() -> None:
        candidate.become()
        with (home / "probe").open("w"):
            pass

    try:
        _give(home, candidate)
        subprocess.run([binary, "--version"], preexec_fn=become, stdout=subprocess.DEVNULL, check=True)
    except (OSError, subprocess.SubprocessError):
        os.chown(home, before.st_uid, before.st_gid)
        return False
    (home / "probe").unlink()
    return True


def _give(home: Path, identity: Identity) -> None:
    """Make the folder, with all that is in it, the identity's own."""
    if home.stat().st_uid == identity.uid:
        return
    for folder, _, files in os.walk(home):
        for path in (folder, *(os.path.join(folder, file) for file in files)):
            os.chown(path, identity.uid, identity.gid, follow_symlinks=False)


def _enter_namespace() -> None:
    """Be somebody else by number only. He must be in /etc/passwd: initdb looks him up."""
    uid, gid = os.getuid(), os.getgid()
    alias = next(user for user in pwd.getpwall() if user.pw_uid not in {0, NOBODY})
    _check(libc.unshare(CLONE_NEWUSER))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{alias.pw_uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{alias.pw_gid} {gid} 1")


def _drop(user: pwd.struct_passwd) -> None:
    os.setgroups([])
    os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)


def _drop_but_pass(user: pwd.struct_passwd) -> None:
    """Be the user, keeping of root's powers only the one to pass closed folders (access(2) included)."""
    _check(libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0))
    _drop(user)
    only = 1 << CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    _check(libc.capset(header, (ctypes.c_uint32 * 6)(only, only, only, 0, 0, 0)))
    _check(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0))


def _check(answer: int) -> None:
    if answer:
        raise OSError(ctypes.get_errno(), "the kernel refused")
