"""What a process that opens strangers' files takes away from itself, before it looks at the first byte.

Memory, time and the size of files are limited; there is no network, no further file, no other program; nobody else's memory
can be read; and the process ends with the one that started it. Each measure is taken where the system has it: the limits of
POSIX everywhere, the rest on Linux (without the user's namespaces, no file descriptor means no socket either).
"""

import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress

_MEMORY = 700_000_000  # bytes of address space beyond what the libraries take: a film of 4K needs about half of it
_NOBODY = 65_534
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38


def lock(cpu_seconds: int, file_bytes: int) -> None:
    """Give everything away that decoding doesn't need. All files that will be used are open and all modules imported."""
    limits = {
        "RLIMIT_AS": _address_space() + _MEMORY,
        "RLIMIT_CPU": cpu_seconds,
        "RLIMIT_FSIZE": file_bytes,
        "RLIMIT_CORE": 0,  # a core dump would be somebody's recording in clear
        "RLIMIT_NPROC": 0,
        "RLIMIT_NOFILE": 0,  # what is open stays open; no file and no socket is opened any more
    }
    _leave_network()
    _leave_root()
    for name, most in limits.items():
        _limit(name, most)
    # Last: a change of the user forgets it.
    die_with_parent()


def die_with_parent() -> None:
    """End with the process that started this one, however that ends, and be nobody else's to read."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _prctl(_PR_SET_DUMPABLE, 0)


def _address_space() -> int:
    """How much of it is taken now, in bytes."""
    try:
        fd = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return 500_000_000  # no /proc here: what the libraries usually take
    try:
        return int(os.read(fd, 100).split()[0]) * resource.getpagesize()
    finally:
        os.close(fd)


def _limit(name: str, most: int) -> None:
    kind = getattr(resource, name, None)
    if kind is None:
        return
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    with suppress(OSError, ValueError):  # macOS refuses some of them
        resource.setrlimit(kind, (most, most))


def _leave_network() -> None:
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    # Somebody who isn't root may do so in a namespace of users of their own, where the system allows that.
    if libc.unshare(_CLONE_NEWNET) != 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _leave_root() -> None:
    if os.getuid() != 0:
        return
    with suppress(OSError):  # a container may have no other user
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
