"""The post room under kill -9, an emptied Redis, a rebuilt mailbox, a full disk and a mail server that cuts off.

Run it by hand: `python -m tests.chaos.post_chaos --messages 1000 --seed 7`. It ends with a summary, and with status 1
where anything is not accounted for.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import itertools
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlite_utils import Database

from intake.receive import READ
from service.embedded import ROOT, Command, Keeper, embedded_redis, service_commands
from service.library import load_library
from service.pipeline import RENDER
from service.queue import connect
from service.settings import Settings, load_settings
from store.database import open_database
from store.deliveries import DeliveryState, count_deliveries
from store.work import WorkState, count_by_state
from tests.chaos.account import Account, settle_accounts
from tests.chaos.letters import BOXES, GONE, TEAM, Post, Sender
from tests.chaos.sink import Sink, running_sink
from tests.mail_servers import PASSWORD, Dovecot, running_dovecot


@dataclass(frozen=True)
class Plan:
    """How much is done in how long: `seconds` of mail and faults, `kills` in them, then at most `patience` to settle.

    Drawing the pages of forms is no part of the promise; it is waited for another `drawing` seconds at most.

    With `passes_pauses` the pause after a failed try of a letter, a minute and more, is over as soon as nothing else
    is left to be waited for.
    """

    messages: int
    seed: int
    seconds: float
    kills: int
    patience: float
    drawing: float = 0.0
    passes_pauses: bool = False

    @property
    def full_seconds(self) -> float:
        """How long the disk is full."""
        return 4 + self.seconds / 18


# -- a disk that can be full -------------------------------------------------------------------------------------------


@dataclass
class Disk:
    """Where the data folder stands. `how` says by what it becomes full."""

    folder: Path
    how: str
    ballast: Path | None

    @contextmanager
    def full(self, processes: Callable[[], list[int]]) -> Iterator[None]:
        """No byte can be written by any of `processes`, nor by those that they start, for the time of the block."""
        if self.ballast is not None:
            with self.ballast.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
                while stream.write(bytes(65_536)) == 65_536:
                    pass
            with self.ballast.open("ab", buffering=0) as stream, contextlib.suppress(OSError):
                while stream.write(bytes(512)):
                    pass
            try:
                yield
            finally:
                self.ballast.unlink()
            return
        limited: dict[int, tuple[int, int]] = {}
        for process in processes():
            with contextlib.suppress(ProcessLookupError):
                limited[process] = resource.prlimit(process, resource.RLIMIT_FSIZE)
                resource.prlimit(process, resource.RLIMIT_FSIZE, (0, limited[process][1]))
        try:
            yield
        finally:
            for process, limit in limited.items():
                with contextlib.suppress(ProcessLookupError):
                    resource.prlimit(process, resource.RLIMIT_FSIZE, limit)


@contextmanager
def small_disk(megabytes: int, *, mounted: bool = True) -> Iterator[Disk]:
    """A disk of its own (tmpfs) where we may mount one; else a folder whose writers can be forbidden to write."""
    folder = Path(tempfile.mkdtemp(prefix="formwright-chaos-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    is_mounted = (
        mounted and os.getuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    )
    try:
        how = f"a tmpfs of {megabytes} MB, filled" if is_mounted else "RLIMIT_FSIZE 0 on every process"
        yield Disk(folder, how, folder / "ballast" if is_mounted else None)
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)
        subprocess.run(["rm", "-rf", str(folder)], check=False)


# -- who is killed -----------------------------------------------------------------------------------------------------


def kill(process: int | None, *, with_children: bool = False, only_children: bool = False) -> bool:
    """SIGKILL, to the process first; whether there was anybody to kill."""
    if process is None:
        return False
    victims = [] if only_children else [process]
    victims += _children(process) if with_children or only_children else []
    for victim in victims:
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
    return bool(victims)


def _children(process: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if entry.read_text().rpartition(")")[2].split()[1] == str(process):
                found.append(int(entry.parent.name))
    return found


@dataclass
class Chaos:
    """One run: the service, its mail servers, what is sent and what is broken."""

    plan: Plan
    settings: Settings
    db: Database
    keeper: Keeper
    redis_url: str
    dovecot: Dovecot
    sink: Sink
    sender: Sender
    disk: Disk
    chance: random.Random
    broken: Counter[str] = field(default_factory=Counter)
    delivered: int = 0
    _receipts_seen: int = 0
    _full_until: float = 0.0
    _fullness: ExitStack = field(default_factory=ExitStack)
    _names: Iterator[int] = field(default_factory=itertools.count)

    def run(self) -> float:
        """All mail is delivered while things break; then until all is settled. The seconds that settling took."""
        posts = self.sender.begin()
        faults = self._faults()
        began = time.monotonic()
        total = self.plan.messages
        self.sink.is_unkind = True
        while self.delivered < total or faults or self._full_until:
            elapsed = time.monotonic() - began
            self._write_answers(posts)
            if not self.sender.answers_left() and self.sender.twins:
                self._mix_in(posts, self.sender.last_twins())
            due = total if elapsed >= self.plan.seconds else int(total * elapsed / self.plan.seconds)
            while posts and self.delivered < due:
                self._deliver(posts.pop(0))
            while faults and faults[0][0] <= elapsed:
                _, name = faults.pop(0)
                if self._break(name):
                    self.broken[name] += 1
            self._free_the_disk()
            if not faults:
                self.sink.is_unkind = False
            assert elapsed < self.plan.seconds + self.plan.patience, (
                f"{total - self.delivered} messages could not be sent, as no receipt came that they answer"
            )
            time.sleep(0.02)
        self.sink.is_unkind = False
        return self._settle()

    def _deliver(self, post: Post) -> None:
        self.dovecot.deliver(post.box, post.raw, f"{int(time.time())}.{next(self._names)}.chaos")
        self.delivered += 1

    def _write_answers(self, posts: list[Post]) -> None:
        """Whoever has a receipt may answer it, at any time from now on."""
        new = self.sink.taken[self._receipts_seen :]
        self._receipts_seen += len(new)
        for _, _, raw in new:
            self.sender.note_receipt(raw)
        # When nothing else is left to be delivered, those who have answered answer again.
        while (post := self.sender.answer(again=not posts)) is not None:
            self._mix_in(posts, [post])

    def _mix_in(self, posts: list[Post], more: list[Post]) -> None:
        for post in more:
            posts.insert(self.chance.randrange(len(posts) + 1), post)

    def _faults(self) -> list[tuple[float, str]]:
        """When what is broken, in order: kills all along, the rare things in the middle."""
        killed = [
            "post", "post and what it started", "only what post started", "dispatch", "worker-1",
            "worker-2 and its horse", "a horse", "web", "redis",
        ]  # fmt: skip
        names = list(itertools.islice(itertools.cycle(killed), self.plan.kills))
        self.chance.shuffle(names)
        span = self.plan.seconds
        start = min(6.0, span / 6)
        faults = [
            (start + (span - start) * (at + self.chance.random()) / len(names), name) for at, name in enumerate(names)
        ]
        rare = {"redis emptied": (0.3, 0.65), "mailbox rebuilt": (0.45,), "disk full": (0.55,)}
        faults += [(span * at, name) for name, times in rare.items() for at in times]
        return sorted(faults)

    def _break(self, name: str) -> bool:
        processes = self.keeper.process_ids()
        match name:
            case "post" | "dispatch" | "worker-1":
                return kill(processes.get(name))
            case "post and what it started":
                return kill(processes.get("post"), with_children=True)
            case "only what post started":
                return kill(processes.get("post"), only_children=True)
            case "worker-2 and its horse":
                return kill(processes.get("worker-2"), with_children=True)
            case "a horse":
                return kill(processes.get("worker-1"), only_children=True)
            case "web":
                return kill(processes.get("web"), with_children=True)
            case "redis":
                return kill(self._redis_process())
            case "redis emptied":
                with contextlib.suppress(Exception):
                    return bool(connect(self.redis_url).connection.flushall())
                return False
            case "mailbox rebuilt":
                self.dovecot.rebuild(BOXES[0])
                return True
            case "disk full":
                self._full_until = time.monotonic() + self.plan.full_seconds
                self._fullness.enter_context(self.disk.full(self._all_processes))
                return True
        raise ValueError(name)

    def _redis_process(self) -> int | None:
        with contextlib.suppress(Exception):
            return int(connect(self.redis_url).connection.info("server")["process_id"])
        return None

    def _all_processes(self) -> list[int]:
        found = list(self.keeper.process_ids().values())
        return found + [child for process in found for child in _children(process)]

    def _free_the_disk(self) -> None:
        if self._full_until and time.monotonic() > self._full_until:
            self._fullness.close()
            self._full_until = 0.0

    # -- until all is settled ------------------------------------------------------------------------------------------

    def _settle(self) -> float:
        began = time.monotonic()
        while left := self._left():
            waited = time.monotonic() - began
            assert waited < self.plan.patience, f"not settled after {waited:.0f} s: {left}; {dict(self.broken)}"
            if self.plan.passes_pauses and set(left) == {"letters"}:
                self.db.execute("UPDATE deliveries SET next_try_at = NULL WHERE state = 'waiting'")
            time.sleep(0.5)
        settled_in = time.monotonic() - began
        while self.undrawn() and time.monotonic() - began < settled_in + self.plan.drawing:
            time.sleep(1)
        return settled_in

    def undrawn(self) -> int:
        work = count_by_state(self.db, RENDER)
        return work[WorkState.OWED] + work[WorkState.LEASED]

    def _left(self) -> dict[str, int]:
        """What is not over yet, by its name."""
        work = count_by_state(self.db, READ)
        waiting = self.db.execute("SELECT count(*) FROM messages WHERE state = 'arrived'").fetchone()[0]
        left = {
            "in the mailboxes": self.unmarked(),
            "to be sorted": int(waiting),
            "to be read": work[WorkState.OWED] + work[WorkState.LEASED],
            "letters": count_deliveries(self.db)[DeliveryState.WAITING],
        }
        return {name: count for name, count in left.items() if count}

    def unmarked(self) -> int:
        """Messages that the service has not marked as read in the one mailbox or moved in the other."""
        first, second = BOXES
        marked = [path.name.partition(":2,")[2] for path in self.dovecot.stored(first)]
        return sum("S" not in flags for flags in marked) + len(self.dovecot.stored(second))


# -- one run -----------------------------------------------------------------------------------------------------------


@contextmanager
def running_chaos(plan: Plan, *, mounted: bool = True) -> Iterator[Chaos]:
    """Everything started, nothing sent yet."""
    chance = random.Random(plan.seed)
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(40 + plan.messages // 2, mounted=mounted))
        dovecot = stack.enter_context(running_dovecot())
        sink = stack.enter_context(running_sink(plan.seed, GONE))
        environment = _environment(disk.folder, dovecot, sink)
        settings = load_settings(environment)
        settings.data.mkdir(mode=0o700)
        for box in BOXES:
            dovecot.maildir(box)
        redis_url = stack.enter_context(embedded_redis(settings))
        commands = service_commands(settings, redis_url)
        keeper = Keeper([_with(command, environment, dovecot) for command in commands])
        db = open_database(settings.database)
        stack.callback(db.close)
        keeper.start()
        stack.callback(keeper.stop)
        sender = Sender.of(plan.messages, chance, load_library())
        yield Chaos(plan, settings, db, keeper, redis_url, dovecot, sink, sender, disk, chance)


def _environment(folder: Path, dovecot: Dovecot, sink: Sink) -> dict[str, str]:
    secrets = folder / "secrets.toml"
    secrets.touch(mode=0o600)
    secrets.write_text("".join(f'[{box}]\npassword = "{PASSWORD}"\n' for box in BOXES))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    first, second = (f"imaps://{box}@127.0.0.1:{dovecot.tls}/INBOX" for box in BOXES)
    return {
        "FORMWRIGHT_DATA": str(folder / "data"),
        "FORMWRIGHT_WORKERS": "2",
        "FORMWRIGHT_PORT": str(port),
        "FORMWRIGHT_UPLOAD_LIMIT_MB": "1",
        "FORMWRIGHT_MAILBOXES": f"{first} {second}?done=Done",
        "FORMWRIGHT_MAIL_SECRETS": str(secrets),
        "FORMWRIGHT_MAIL_EVERY_SECONDS": "5",
        "FORMWRIGHT_SMTP": f"smtp://127.0.0.1:{sink.port}?tls=no",
        "FORMWRIGHT_MAIL_FROM": f"ESR Development Team <{TEAM}>",
        "FORMWRIGHT_MAIL_PLUS": "yes",
    }


def _with(command: Command, environment: dict[str, str], dovecot: Dovecot) -> Command:
    trusted = {"SSL_CERT_FILE": str(dovecot.certificate.file)}
    return dataclasses.replace(command, environment={**(command.environment or {}), **environment, **trusted})


def health(chaos: Chaos) -> tuple[int, str]:
    """What `formwright health` says in the end, and its status."""
    environment = chaos.keeper.commands[0].environment
    said = subprocess.run(
        [sys.executable, "-m", "service", "health"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.returncode, said.stdout + said.stderr


def account_of(chaos: Chaos, settled_in: float) -> Account:
    """The account of a run that has settled, and the figures of the run itself."""
    # Between the server's word and our record: killed, the line cut by the server, or no room for the record.
    could_not_know = (
        chaos.broken["post"] + chaos.broken["post and what it started"] + chaos.sink.troubles["taken and cut off"]
        + chaos.broken["disk full"]
    )  # fmt: skip
    account = settle_accounts(
        chaos.db, chaos.settings.originals, chaos.sender.letters, chaos.sink, chaos.settings.message_limit,
        could_not_know,
    )  # fmt: skip
    status, said = health(chaos)
    account.expect(f"formwright health, which said:\n{said}", status, 0)
    account.expect("messages left in the mailboxes", chaos.unmarked(), 0)
    account.figures = {
        "seed": chaos.plan.seed,
        "messages": chaos.delivered,
        "redelivered": dict(chaos.sender.redelivered),
        "broken": dict(chaos.broken),
        "disk": chaos.disk.how,
        "mail server": dict(chaos.sink.troubles),
        "settled in": f"{settled_in:.0f} s",
        "forms not drawn": chaos.undrawn(),
        **account.figures,
    }
    return account


def main() -> None:
    """The run by hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--seconds", type=float, help="how long mail comes and things break (default: by messages)")
    parser.add_argument("--kills", type=int, help="how many (default: one in two seconds)")
    parser.add_argument("--no-mount", action="store_true", help="as where no disk may be mounted")
    given = parser.parse_args()
    # So that servers and the disk go away with a run that is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    seconds = given.seconds or max(30.0, given.messages / 5)
    plan = Plan(given.messages, given.seed, seconds, given.kills or int(seconds / 2), patience=300.0, drawing=1500.0)
    with running_chaos(plan, mounted=not given.no_mount) as chaos:
        account = account_of(chaos, chaos.run())
    print("; ".join(f"{name} {figure}" for name, figure in account.figures.items()))
    print("\n".join(account.wrong) or "Everything is accounted for.")
    sys.exit(1 if account.wrong else 0)


if __name__ == "__main__":
    main()
