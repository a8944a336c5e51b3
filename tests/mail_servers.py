"""Real mail servers on loopback for tests: Dovecot, Postfix, a proxy that cuts connections, and a certificate."""

from __future__ import annotations

import base64
import contextlib
import datetime
import ipaddress
import os
import pwd
import shutil
import signal
import socket
import socketserver
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PASSWORD = "nobodys-secret"
_START_SECONDS = 15.0


@dataclass(frozen=True)
class Certificate:
    """A certificate for 127.0.0.1 with its key, as files, and what both ends of a connection need."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "certificate.pem"

    @property
    def key(self) -> Path:
        return self.folder / "key.pem"

    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.file))

    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


def make_certificate(folder: Path) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate = Certificate(folder)
    certificate.file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    certificate.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def wait_for(condition: Callable[[], bool], seconds: float = _START_SECONDS) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def answers(port: int) -> bool:
    """Whether a server greets on this port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        return connection.recv(1) != b""
    return False


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that other accounts may pass through, unlike pytest's own, for servers that change their account."""
    folder = Path(tempfile.mkdtemp(prefix="formwright-mail-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_DOVECOT = """\
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate.file}
ssl_key = <{certificate.key}
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
mail_uid = {owner.pw_uid}
mail_gid = {owner.pw_gid}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{folder}/mail/%u:INDEX=MEMORY
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap {{
  process_min_avail = 1
}}
"""


@dataclass
class Dovecot:
    """A running Dovecot that knows every user by one password. `mail` is where it keeps one Maildir a user."""

    folder: Path
    plain: int
    tls: int
    certificate: Certificate
    owner: pwd.struct_passwd

    def maildir(self, user: str) -> Path:
        return self.folder / "mail" / user

    def deliver(self, user: str, raw: bytes, name: str, *, folder: str = "") -> None:
        """Put a message into the user's folder, as another program would."""
        place = self.maildir(user) / (f".{folder}" if folder else "")
        for path in (self.maildir(user), place, *(place / part for part in ("tmp", "new", "cur"))):
            path.mkdir(exist_ok=True)
            self._own(path)
        (place / "tmp" / name).write_bytes(raw)
        self._own(place / "tmp" / name)
        (place / "tmp" / name).rename(place / "new" / name)

    def _own(self, path: Path) -> None:
        if os.getuid() == 0:
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def rebuild(self, user: str) -> None:
        """Lose what the server knew about its numbers: the next look finds another UIDVALIDITY and other UIDs."""
        for path in self.maildir(user).rglob("dovecot*"):
            path.unlink()
        # Numbered by the second in which the folder is first opened.
        time.sleep(1.1)

    def stored(self, user: str, folder: str = "") -> list[Path]:
        place = self.maildir(user) / (f".{folder}" if folder else "")
        return sorted(path for part in ("new", "cur") for path in (place / part).glob("*"))


@contextmanager
def running_dovecot() -> Iterator[Dovecot]:
    program = shutil.which("dovecot", path="/usr/sbin:/usr/bin:/usr/local/sbin:/opt/homebrew/sbin")
    if program is None:
        pytest.skip("no dovecot: install dovecot-imapd")
    with open_folder() as folder:
        is_root = os.getuid() == 0
        owner = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.getuid())
        server = Dovecot(folder, free_port(), free_port(), make_certificate(folder), owner)
        (folder / "mail").mkdir()
        if is_root:
            os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
        configuration = folder / "dovecot.conf"
        configuration.write_text(
            _DOVECOT.format(
                folder=folder, certificate=server.certificate, owner=owner, password=PASSWORD,
                plain=server.plain, tls=server.tls,
                internal="dovecot" if is_root else owner.pw_name,
                internal_group="dovecot" if is_root else owner.pw_gid,
                login="dovenull" if is_root else owner.pw_name,
            )
        )  # fmt: skip
        process = subprocess.Popen([program, "-F", "-c", str(configuration)], start_new_session=True)
        try:
            log = folder / "dovecot.log"
            assert wait_for(lambda: answers(server.plain)), log.read_text() if log.exists() else "dovecot did not start"
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass
class CuttingProxy:
    """Stands between a client that speaks TLS and a server that need not, and cuts the line at one command.

    `cut_at` counts the client's commands from 1; `when` says whether the command still reaches the server, and
    whether its answer begins to come back: `before`, `unanswered` or `half-answered`.
    """

    certificate: Certificate
    server_port: int
    cut_at: int = 0
    when: str = "before"
    commands: list[bytes] = field(default_factory=list)
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError, ssl.SSLError):
                self._carry(client)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _carry(self, client: socket.socket) -> None:
        """One connection: the client speaks a line, the server answers until it is silent or has said its tag."""
        with (
            self.certificate.server().wrap_socket(client, server_side=True) as near,
            socket.create_connection(("127.0.0.1", self.server_port)) as far,
        ):
            lines, replies = near.makefile("rb"), far.makefile("rb")
            near.sendall(replies.readline())
            while line := lines.readline():
                self.commands.append(line)
                cut = len(self.commands) == self.cut_at
                if cut and self.when == "before":
                    return
                far.sendall(line)
                answer = self._answer(replies, line.split(b" ", 1)[0])
                if cut:
                    near.sendall(answer[: len(answer) // 2] if self.when == "half-answered" else b"")
                    return
                near.sendall(answer)

    @staticmethod
    def _answer(replies: object, tag: bytes) -> bytes:
        answer = b""
        while line := replies.readline():  # type: ignore[attr-defined]
            answer += line
            if line.startswith((tag + b" ", b"+ ")):
                break
        return answer


@contextmanager
def cutting_proxy(certificate: Certificate, server_port: int) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(certificate, server_port)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(5)


_POSTFIX_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = {commands}
daemon_directory = {daemons}
maillog_file = {folder}/postfix.log
maillog_file_prefixes = /var, /tmp
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.test
mydestination =
virtual_mailbox_domains = example.nhs.uk
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ ann.lee@example.nhs.uk=ann/ bob.ray@example.nhs.uk=bob/ }}
virtual_uid_maps = static:{owner.pw_uid}
virtual_gid_maps = static:{owner.pw_gid}
virtual_minimum_uid = 1
smtpd_tls_cert_file = {certificate.file}
smtpd_tls_key_file = {certificate.key}
smtpd_tls_security_level = may
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = reject_unlisted_recipient
alias_maps =
local_recipient_maps =
"""
_POSTFIX_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass
class Postfix:
    """A running Postfix that takes mail for ann.lee and bob.ray at example.nhs.uk and for nobody else."""

    folder: Path
    port: int
    certificate: Certificate

    def delivered(self, box: str) -> list[bytes]:
        """What stands in the Maildir `ann` or `bob`, in no order."""
        return [path.read_bytes() for path in (self.folder / "mail" / box / "new").glob("*")]


@contextmanager
def running_postfix() -> Iterator[Postfix]:
    program = shutil.which("postfix", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("no postfix: install it")
    if os.getuid() != 0:
        pytest.skip("Postfix starts as root only")
    with open_folder() as folder:
        owner = pwd.getpwnam("nobody")
        server = Postfix(folder, free_port(), make_certificate(folder))
        for name in ("conf", "spool", "data", "mail"):
            (folder / name).mkdir()
        os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
        os.chown(folder / "data", pwd.getpwnam("postfix").pw_uid, -1)
        places = {"commands": Path(program).parent, "daemons": "/usr/lib/postfix/sbin"}
        (folder / "conf" / "main.cf").write_text(
            _POSTFIX_MAIN.format(folder=folder, certificate=server.certificate, owner=owner, **places)
        )
        (folder / "conf" / "master.cf").write_text(_POSTFIX_MASTER.format(port=server.port))
        run = [program, "-c", str(folder / "conf")]
        log = folder / "postfix.log"
        subprocess.run([*run, "start"], check=False, capture_output=True, timeout=30)
        try:
            assert wait_for(lambda: answers(server.port)), log.read_text() if log.exists() else "postfix did not start"
            yield server
        finally:
            subprocess.run([*run, "stop"], check=False, capture_output=True, timeout=30)


@dataclass
class ScriptedRelay:
    """An SMTP server that answers as it is told, and keeps what it took responsibility for.

    `answers` gives, for a word (MAIL, RCPT, DATA for its beginning, END for its end) and optionally an address, what
    is said instead of yes; `CUT` ends the connection instead, `SLOW` says nothing until the client gives up.
    """

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    offers: tuple[str, ...] = ()
    token: str = ""
    connections: int = 0


class _Conversation(socketserver.StreamRequestHandler):
    timeout = 20

    def handle(self) -> None:
        relay: ScriptedRelay = self.server.relay  # type: ignore[attr-defined]
        relay.connections += 1
        recipient = ""
        with contextlib.suppress(OSError):
            if not self._say(relay, "GREETING", "", "220 ready"):
                return
            while line := self.rfile.readline():
                words = line.decode().strip()
                word = words.split(" ")[0].upper()
                if word == "EHLO":
                    names = ("scripted", *relay.offers)
                    reply = "\r\n".join(f"250{'-' if name != names[-1] else ' '}{name}" for name in names)
                elif word == "AUTH":
                    reply = self._log_in(relay, words)
                elif word == "RCPT":
                    recipient = words.partition("<")[2].partition(">")[0]
                    reply = "250 ok"
                elif word == "DATA":
                    reply = "354 go on"
                else:
                    reply = "221 bye" if word == "QUIT" else "250 ok"
                if not self._say(relay, word, recipient, reply) or word == "QUIT":
                    return
                if word == "DATA" and self._said.startswith("354"):
                    lines = iter(self.rfile.readline, b".\r\n")
                    message = b"".join(lines)
                    if not self._say(relay, "END", recipient, "250 taken"):
                        return
                    if self._said.startswith("250"):
                        relay.taken.append((recipient, message))

    def _say(self, relay: ScriptedRelay, word: str, recipient: str, usual: str) -> bool:
        self._said = relay.answers.get(f"{word} {recipient}", relay.answers.get(word, usual))
        if self._said == "SLOW":
            self.rfile.read()
            return False
        if self._said == "TAKEN AND CUT":
            relay.taken.append((recipient, b""))
            return False
        if self._said == "CUT":
            return False
        self.wfile.write(f"{self._said}\r\n".encode())
        return True

    def _log_in(self, relay: ScriptedRelay, words: str) -> str:
        given = base64.b64decode(words.split(" ")[2]).decode() if words.count(" ") > 1 else ""
        relay.logins.append(given)
        if f"Bearer {relay.token}\1" in given and relay.token:
            return "235 welcome"
        self.wfile.write(b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n")
        self.rfile.readline()
        return "535 5.7.3 no"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def scripted_relay() -> Iterator[ScriptedRelay]:
    relay = ScriptedRelay()
    with _Server(("127.0.0.1", 0), _Conversation) as server:
        server.relay = relay  # type: ignore[attr-defined]
        relay.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield relay
        finally:
            server.shutdown()
            thread.join(5)


@dataclass
class ScriptedImap:
    """An IMAP server with one message that lets in only by XOAUTH2, as Exchange Online does.

    `tokens` are those it accepts; `says` is what it answers to a login instead, such as `BYE` or `NO [UNAVAILABLE]`.
    """

    certificate: Certificate
    port: int = 0
    tokens: set[str] = field(default_factory=set)
    says: str = ""
    message: bytes = b"From: ann.lee@example.nhs.uk\r\n\r\nForm\r\n"
    marked: list[str] = field(default_factory=list)
    seen_tokens: list[str] = field(default_factory=list)


class _ImapConversation(socketserver.StreamRequestHandler):
    timeout = 20

    def handle(self) -> None:
        server: ScriptedImap = self.server.relay  # type: ignore[attr-defined]
        with contextlib.suppress(OSError):
            self._say("* OK ready")
            while line := self.rfile.readline():
                tag, _, rest = line.decode().strip().partition(" ")
                words = rest.upper().split()
                if words[0] == "AUTHENTICATE":
                    if not self._log_in(server, tag):
                        return
                    continue
                for answer in self._answers(server, words):
                    self._say(answer)
                self._say(f"{tag} OK done")
                if words[0] == "LOGOUT":
                    return

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _log_in(self, server: ScriptedImap, tag: str) -> bool:
        self._say("+ ")
        given = base64.b64decode(self.rfile.readline()).decode()
        token = given.partition("auth=Bearer ")[2].strip("\1")
        server.seen_tokens.append(token)
        if server.says:
            self._say(f"* {server.says}" if server.says.startswith("BYE") else f"{tag} {server.says}")
            return not server.says.startswith("BYE")
        if token in server.tokens:
            self._say(f"{tag} OK AUTHENTICATE completed.")
            return True
        # RFC 7628, 3.2.3: the reason comes as a question, and an empty answer ends it.
        self._say("+ " + base64.b64encode(b'{"status":"400"}').decode())
        assert self.rfile.readline() == b"\r\n"
        self._say(f"{tag} NO AUTHENTICATE failed.")
        return True

    def _answers(self, server: ScriptedImap, words: list[str]) -> list[str]:
        if words[0] == "CAPABILITY":
            return ["* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 MOVE UIDPLUS"]
        if words[0] == "SELECT":
            return ["* 1 EXISTS", "* OK [UIDVALIDITY 14] valid", "* FLAGS (\\Seen)"]
        if words[:2] == ["UID", "SEARCH"]:
            return ["* SEARCH 3"]
        if words[:2] == ["UID", "STORE"]:
            server.marked.append(" ".join(words[2:]))
        if words[:2] == ["UID", "FETCH"] and "SIZE" in words[-1]:
            return [f"* 1 FETCH (UID 3 RFC822.SIZE {len(server.message)})"]
        if words[:2] == ["UID", "FETCH"]:
            # Exchange writes the UID after the literal.
            return [f"* 1 FETCH (BODY[] {{{len(server.message)}}}\r\n{server.message.decode()} UID 3)"]
        return ["* BYE"] if words[0] == "LOGOUT" else []


class _TlsServer(_Server):
    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = self.socket.accept()
        return self.relay.certificate.server().wrap_socket(connection, server_side=True), address  # type: ignore[attr-defined]


@contextmanager
def scripted_imap(certificate: Certificate) -> Iterator[ScriptedImap]:
    imap = ScriptedImap(certificate)
    with _TlsServer(("127.0.0.1", 0), _ImapConversation) as server:
        server.relay = imap  # type: ignore[attr-defined]
        imap.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield imap
        finally:
            server.shutdown()
            thread.join(5)
