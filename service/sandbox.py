"""Takes from a disposable child what it has no need of: files, the network, other programs and other processes."""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import platform
import socket
import struct
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from casework.errors import SettingError

_ROOT = Path(__file__).resolve().parent.parent
_PACKAGES = ("casework", "extract", "intake", "outputs", "service", "store")
_LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/nix/store", "/etc/ld.so.cache")
_DATA = ("/usr/share", "/usr/local/share", "/etc/fonts", "/var/cache/fontconfig", "/dev/urandom")
_PROGRAMS = (
    "/usr",
    "/bin",
    "/opt",
    "/etc/libreoffice",
    "/etc/alternatives",
    "/var/spool/libreoffice",
    "/dev/null",
    "/dev/zero",
    "/sys/devices",
)
_PROBE_SECONDS = 20
_FILES, _SYSTEM = "other files", "the network, other programs and other processes"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a child is left with beside its pipe: the code and data that came with the system, to be read only.

    `programs` lets it start the programs of the system, `scratch` write below that one folder.
    """

    programs: bool = False
    scratch: Path | None = None


@dataclass(frozen=True, slots=True)
class Protection:
    """What really holds a child here. `landlock` is the version of the kernel's interface, None where it has none."""

    landlock: int | None
    seccomp: bool

    @property
    def is_whole(self) -> bool:
        """Whether files and the system are both shut."""
        return self.landlock is not None and self.seccomp

    @property
    def words(self) -> str:
        """One sentence for whoever runs the service."""
        if self.is_whole:
            return f"Each file is read in a process shut off from {_FILES}, {_SYSTEM}."
        if self.landlock is None and not self.seccomp:
            return (
                "Each file is read with limits on memory and time only: this system has neither Landlock nor seccomp,"
                " so a file that got the better of a library could read and send what this account can."
            )
        kept, missing = (_FILES, "seccomp") if self.landlock is not None else (_SYSTEM, "Landlock")
        return (
            f"Each file is read in a process shut off from {kept}, and from nothing else: there is no {missing} here."
        )


def confine(profile: Profile) -> Protection:
    """Give up, in this process and for good, all that `profile` does not name; what the system cannot do is left out.

    Wants PR_SET_NO_NEW_PRIVS to be set. Refused calls fail with EPERM or EACCES; the few that only an attack makes end
    the process.
    """
    if sys.platform != "linux":
        return Protection(None, seccomp=False)
    _give_up_capabilities()
    landlock = _restrict_files(profile)
    return Protection(landlock, seccomp=_filter_calls(profile))


@functools.cache
def protection() -> Protection:
    """What a child is really held by on this machine, tried out once in a process of its own."""
    command = [sys.executable, "-m", "service.sandbox"]
    try:
        tried = subprocess.run(command, cwd=_ROOT, capture_output=True, timeout=_PROBE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return Protection(None, seccomp=False)
    landlock, _, seccomp = tried.stdout.decode("ascii", "replace").strip().partition(" ")
    return Protection(int(landlock) if landlock.isdigit() else None, seccomp == "yes")


def require_protection() -> None:
    """SettingError where a child is not held by both Landlock and seccomp here."""
    found = protection()
    if not found.is_whole:
        raise SettingError(f"FORMWRIGHT_REQUIRE_SANDBOX is yes, but this machine cannot do it. {found.words}")


# -- files: Landlock, linux/landlock.h ---------------------------------------------------------------------------------

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_BENEATH_A_PATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_FILE, _MAKE_SOCKET = 1 << 5, 1 << 9
_FIRST_RIGHTS = (1 << 13) - 1
_RIGHTS_SINCE = {2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
"""REFER, TRUNCATE and IOCTL_DEV, by the version of the interface that brought them."""
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | 1 << 15
_NETWORK_SINCE, _BIND_OR_CONNECT_TCP = 4, 3
_SCOPE_SINCE, _ABSTRACT_SOCKETS_AND_SIGNALS = 6, 3


def _restrict_files(profile: Profile) -> int | None:
    """The version of Landlock that now holds this process, or None where the kernel has it not or switched off."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = int(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION)))
    if version < 1:
        return None
    handled = _FIRST_RIGHTS | sum(right for since, right in _RIGHTS_SINCE.items() if version >= since)
    network = _BIND_OR_CONNECT_TCP if version >= _NETWORK_SINCE else 0
    scope = _ABSTRACT_SOCKETS_AND_SIGNALS if version >= _SCOPE_SINCE else 0
    # The structure grew with the interface, and an older kernel takes only as much of it as it knows.
    size = 24 if scope else 16 if network else 8
    attributes = struct.pack("=QQQ", handled, network, scope)[:size]
    rules = int(libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(size), ctypes.c_uint32(0)))
    if rules < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    try:
        for path, rights in _allowed(profile, handled):
            _allow(libc, rules, path, rights & handled)
        if libc.syscall(_RESTRICT_SELF, rules, ctypes.c_uint32(0)) != 0:
            raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    finally:
        os.close(rules)
    return version


def _allowed(profile: Profile, handled: int) -> Iterable[tuple[str, int]]:
    look = _READ_FILE | _READ_FOLDER
    for path in _READABLE:
        yield path, look
    if profile.programs:
        for path in (*_LIBRARIES, *_PROGRAMS):
            yield path, look | _EXECUTE
        yield os.devnull, look | _WRITE_FILE
    if profile.scratch is not None:
        yield str(profile.scratch), handled & ~_EXECUTE
        # LibreOffice insists on a socket of its own right in /tmp, and exits where it cannot make and remove it.
        yield "/tmp", _MAKE_SOCKET | _REMOVE_FILE  # noqa: S108


def _find_readable() -> tuple[str, ...]:
    """Where code and data are loaded from when they are first needed; never the folder above our own packages.

    That one holds, unless the settings say otherwise, the data folder.
    """
    python = [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    own = [_ROOT / name for name in _PACKAGES]
    found = (path.resolve() for path in (*python, *own, *map(Path, _LIBRARIES), *map(Path, _DATA)))
    return tuple(dict.fromkeys(str(path) for path in found if path.exists()))


_READABLE = _find_readable()
"""Found once, before there is any child."""


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):  # noqa: PTH112 - called in every child
            rights &= _FILE_RIGHTS
        rule = struct.pack("=Qi", rights, handle)
        if libc.syscall(_ADD_RULE, rules, _BENEATH_A_PATH, rule, ctypes.c_uint32(0)) != 0:
            raise OSError(ctypes.get_errno(), "landlock_add_rule", path)
    finally:
        os.close(handle)


# -- the system: seccomp, linux/seccomp.h and linux/filter.h -----------------------------------------------------------

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_LOAD, _IS, _AT_LEAST, _HAS_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_REFUSE, _UNKNOWN = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
_NUMBER_AT, _MACHINE_AT, _ARGUMENTS_AT = 0, 4, 16
_CLONE_THREAD = 0x00010000
_OTHER_CALLS = 0x40000000
"""x86-64 has a second set of numbers for the same calls from here on (x32), which nothing of ours uses."""
_NEWEST = 462
"""Calls that came after those below were written down do not exist for a child (`mseal` was the last one looked at)."""

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""The column of the tables below, and the number by which the kernel names the machine (linux/audit.h)."""

_Calls = dict[str, tuple[int | None, int | None]]
# Nothing that reads a form or starts LibreOffice makes these; what does is an attack, and ends at once.
_DEADLY: _Calls = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "open_by_handle_at": (304, 265),
}
_REFUSED: _Calls = {
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "kcmp": (312, 272),
    "perf_event_open": (298, 241),
    "name_to_handle_at": (303, 264),
    "mount": (165, 40),
    "umount2": (166, 39),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "clock_settime": (227, 112),
    "settimeofday": (164, 170),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "personality": (135, 92),
    "fanotify_init": (300, 262),
    "syslog": (103, 116),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "setrlimit": (160, 164),
    "vmsplice": (278, 75),
    "memfd_secret": (447, 447),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
}
# The C library asks for clone3 first, and falls back on clone, whose flags can be looked at, where there is none.
_MISSING: _Calls = {"clone3": (435, 435)}
_REFUSED_WITHOUT_PROGRAMS: _Calls = {
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, None),
    "vfork": (58, None),
    "memfd_create": (319, 279),
    "tkill": (200, 130),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
}
_SOCKET, _PRLIMIT, _CLONE = (41, 198), (302, 261), (56, 220)
_SIGNALS = ((62, 129), (234, 131))
"""`kill` and `tgkill`."""

_Step = tuple[int, int, int, int]


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def _filter_calls(profile: Profile) -> bool:
    machine = _MACHINES.get(platform.machine())
    if machine is None or sys.byteorder != "little":
        return False
    steps = b"".join(struct.pack("=HBBI", *step) for step in _steps(profile, *machine))
    program = _Program(len(steps) // 8, steps)
    return int(ctypes.CDLL(None).prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0)) == 0


def _steps(profile: Profile, column: int, machine: int) -> list[_Step]:
    """The filter: it is run at every system call and ends at the first step that returns."""
    steps: list[_Step] = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_IS, 1, 0, machine),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        *_unless((_AT_LEAST, _OTHER_CALLS), _KILL),
        *_unless((_AT_LEAST, _NEWEST + 1), _UNKNOWN),
    ]
    groups = [(_DEADLY, _KILL), (_REFUSED, _REFUSE)]
    groups += [] if profile.programs else [(_MISSING, _UNKNOWN), (_REFUSED_WITHOUT_PROGRAMS, _REFUSE)]
    for calls, action in groups:
        for numbers in calls.values():
            number = numbers[column]
            if number is not None:
                steps += _unless((_IS, number), action)
    # A limit may be asked for, but not set: the new one stands in the third argument.
    steps += _only_where(_PRLIMIT[column], (_IS, 2, 0), (_IS, 2, 0, 4))
    if profile.programs:
        steps += _only_where(_SOCKET[column], (_IS, 0, int(socket.AF_UNIX)))
    else:
        steps += _unless((_IS, _SOCKET[column]), _REFUSE)
        steps += _only_where(_CLONE[column], (_HAS_BIT, 0, _CLONE_THREAD))
        for numbers in _SIGNALS:
            steps += _only_where(numbers[column], (_IS, 0, os.getpid()))
    return [*steps, (_RETURN, 0, 0, _ALLOW)]


def _unless(test: tuple[int, int], action: int) -> list[_Step]:
    """Return `action` where the call's number passes the test, else go on."""
    return [(test[0], 0, 1, test[1]), (_RETURN, 0, 0, action)]


def _only_where(number: int, *tests: tuple[int, ...]) -> list[_Step]:
    """Allow call `number` where all tests (kind, argument, value, byte of the argument) pass, and refuse it else."""
    checks: list[_Step] = []
    for at, (kind, argument, value, *byte) in enumerate(tests):
        to_refusal = 2 * (len(tests) - at) - 1
        where = _ARGUMENTS_AT + 8 * argument + sum(byte)
        checks += [(_LOAD, 0, 0, where), (kind, 0, to_refusal, value)]
    return [(_IS, 0, len(checks) + 2, number), *checks, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]


# -- root's powers: linux/capability.h ---------------------------------------------------------------------------------

_CAPABILITY_VERSION = 0x20080522
_MAY_READ_ALL = 1 << 2
"""CAP_DAC_READ_SEARCH: where the service runs as root, its code may stand in somebody else's folder."""


def _give_up_capabilities() -> None:
    """What root may do beyond any user is given up, but for reading, which Landlock limits; no user has any of it."""
    if os.geteuid() != 0:
        return
    header = struct.pack("=Ii", _CAPABILITY_VERSION, 0)
    kept = struct.pack("=6I", _MAY_READ_ALL, _MAY_READ_ALL, 0, 0, 0, 0)
    ctypes.CDLL(None).capset(header, kept)


def _try_out() -> str:
    """What holds this process after `confine`, as proved by asking for what it must not have."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    found = confine(Profile())
    landlock = found.landlock if found.landlock is not None and _is_refused(lambda: list(Path("/").iterdir())) else None
    seccomp = found.seccomp and _is_refused(socket.socket)
    return f"{landlock or 'none'} {'yes' if seccomp else 'no'}"


def _is_refused(attempt: object) -> bool:
    try:
        attempt()  # type: ignore[operator]
    except OSError:
        return True
    return False


if __name__ == "__main__":
    sys.stdout.write(_try_out())
