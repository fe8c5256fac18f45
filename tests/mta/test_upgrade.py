"""A new process takes the place of the old one while mail flows: no session
hears of it, and each refusal has one record."""

import array
import fcntl
import os
import signal
import socket
import subprocess
import threading
import time

import pytest

import process
import sites
import smtp

START = """
    EHLO client.example
    MAIL FROM:<a@sender.example>
"""
FOREIGN = START + "RCPT TO:<b@elsewhere.example>\n"
DOORS = """
reply-map = "unix:{0}/reply.sock"
policy-service = "unix:{0}/policy.sock"
"""


class Load:
    """Some clients, session after session, until the end of the block."""

    def __init__(self, connect, clients=4):
        self.connect = connect
        self.replies = []
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self.send)
                        for _ in range(clients)]

    def send(self):
        while not self.stop.is_set():
            with self.connect() as client:
                self.replies.append(smtp.until_refused(client, FOREIGN))
                client.quit()

    def flows(self, more=20):
        """At least that many sessions from now on."""
        wanted = len(self.replies) + more
        process.wait_until(lambda: len(self.replies) >= wanted, "the load")

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        self.flows()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def nothing_lost(daemon, replies):
    """Each was refused as it should be, and has the one record of its id."""
    assert {reply.code for reply in replies} == {550}
    for reply in replies:
        assert daemon.record(reply)["reason"] == "relay-denied"
    assert len(daemon.records()) == len(replies)


def successor_of(daemon):
    """SIGUSR2, and the number of the process that serves from then on."""
    before = daemon.log().count(" takes over")
    daemon.signal(signal.SIGUSR2)
    process.wait_until(lambda: daemon.log().count(" takes over") > before,
                       "the successor")
    line = [line for line in daemon.log().splitlines() if " takes over" in line][-1]
    return int(line.partition("process ")[2].split()[0])


class Adopted:
    """A process that is not our child, as far as process.end() needs it."""

    def __init__(self, pid):
        self.pid = pid

    def poll(self):
        try:
            with open(f"/proc/{self.pid}/stat") as stat:
                return 0 if stat.read().rpartition(")")[2].split()[0] == "Z" else None
        except FileNotFoundError:
            return 0

    def send_signal(self, number):
        os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout=60):
        process.wait_until(lambda: self.poll() is not None, "the end")
        return 0


def test_successor_under_load(saywhyd, postfix):
    """Three upgrades; a session from before them ends as it began."""
    daemon = saywhyd()
    daemon.stop()
    daemon.configure(DOORS.format(daemon.folder))
    daemon.start()
    connect = sites.behind_postfix(postfix, daemon)
    first, olds = daemon.process, []
    with connect() as old:
        old.ehlo()
        with Load(connect) as load:
            for _ in range(3):
                olds.append(daemon.process)
                daemon.process = Adopted(successor_of(daemon))
                load.flows()
        # Those with no session any more are gone, the first one has one.
        for process_ in olds[1:]:
            process.wait_until(lambda p=process_: p.poll() is not None, "the end")
        assert first.poll() is None
        load.replies.append(smtp.until_refused(old, FOREIGN))
    assert first.wait(60) == 0
    assert daemon.listens()
    nothing_lost(daemon, load.replies)
    daemon.process.terminate()
    process.wait_until(lambda: daemon.process.poll() is not None, "the end")
    assert not (daemon.folder / "milter.sock").exists()


CLOSED = START + "RCPT TO:<closed@elsewhere.example>\n"


def across_two_upgrades(saywhyd, postfix, dialogue, **options):
    """Three sessions, each older than what comes after it, are refused twice each;
    the daemon, and the replies."""
    daemon = saywhyd()
    daemon.stop()
    daemon.configure(DOORS.format(daemon.folder))
    daemon.start()
    connect = sites.behind_postfix(
        postfix, daemon, smtpd_reject_footer_maps="socketmap:unix:"
        f"{daemon.folder}/reply.sock:footer", **{
            name: value.format(daemon.folder) for name, value in options.items()})
    processes, sessions, replies = [daemon.process], [connect()], []
    for _ in range(2):
        daemon.process = Adopted(successor_of(daemon))
        processes.append(daemon.process)
        sessions.append(connect())
    # The process in between ends first.
    for number in (1, 0, 2):
        with sessions[number] as client:
            for _ in range(2):
                replies.append(smtp.until_refused(client, dialogue))
                client.command("RSET")
        if number < 2:
            process.wait_until(lambda n=number: processes[n].poll() is not None, "the end")
    time.sleep(1.5)  # what waits for a query would be written by now
    assert len(daemon.records()) == len(replies)
    return daemon, replies


def test_successor_and_the_reply_map(saywhyd, postfix):
    """What Postfix itself refuses in a session from before an upgrade has one
    record, that of its session: Postfix asks the new process about it."""
    daemon, replies = across_two_upgrades(
        saywhyd, postfix, CLOSED, smtpd_recipient_restrictions="check_recipient_access "
        "inline:{{closed@elsewhere.example=REJECT}}")
    for reply in replies:
        record = daemon.record(reply)
        assert record["issuer"] == "mta" and record["helo"] == "client.example"
        assert record["recipients"] == ["closed@elsewhere.example"]


def test_successor_and_the_policy_service(saywhyd, postfix):
    """So has what our policy service refuses there."""
    daemon, replies = across_two_upgrades(
        saywhyd, postfix, FOREIGN, smtpd_recipient_restrictions="check_policy_service "
        "unix:{}/policy.sock")
    for reply in replies:
        record = daemon.record(reply)
        assert (record["issuer"], record["reason"]) == ("saywhy", "relay-denied")


def test_without_a_successor_it_goes_on(saywhyd, postfix):
    """What cannot start takes nothing away."""
    daemon = saywhyd()
    connect = sites.behind_postfix(postfix, daemon)
    with Load(connect) as load:
        daemon.configure("nonsense = 1")
        daemon.signal(signal.SIGUSR2)
        process.wait_until(lambda: "no successor" in daemon.log(), "the failure")
        load.flows()
    assert daemon.process.poll() is None
    nothing_lost(daemon, load.replies)
    daemon.configure()


class Manager:
    """As much of systemd as a restart takes: it keeps the sockets."""

    def __init__(self, folder):
        self.path = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        os.chmod(self.path, 0o666)
        self.socket.settimeout(60)
        self.kept = {}
        self.returned = []

    def hear(self, word):
        """Until that note; a descriptor that is to be kept is kept."""
        while True:
            note, ancillary, _, _ = self.socket.recvmsg(4096, socket.CMSG_SPACE(4))
            lines = note.decode().splitlines()
            for _, _, data in ancillary:
                [fd] = array.array("i", data)
                [name] = [line[7:] for line in lines if line.startswith("FDNAME=")]
                if name in self.kept:
                    os.close(fd)
                else:
                    self.kept[name] = fd
            if "FDSTOREREMOVE=1" in lines:
                self.returned += [line[7:] for line in lines[1:]]
            if word in lines:
                return

    def start(self, daemon):
        """The kept ones from 3 on, as sd_listen_fds(3) has it."""
        # At numbers that are free: what has them here keeps them.
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 100) for fd in self.kept.values()]
        script = 'exec "$@"' if not high else "".join(
            f"exec {3 + i}<&{fd} {fd}<&-; " for i, fd in enumerate(high)
        ) + 'LISTEN_PID=$$ exec "$@"'
        with open(daemon.folder / "log", "ab") as log:
            daemon.process = subprocess.Popen(
                ["bash", "-c", script, "sh", daemon.program, "-c", daemon.conf],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=high,
                env=os.environ | {
                    "NOTIFY_SOCKET": self.path, "LISTEN_FDS": str(len(high)),
                    "LISTEN_FDNAMES": ":".join(self.kept)})
        for fd in high:
            os.close(fd)
        self.hear("READY=1")

    def close(self):
        for fd in self.kept.values():
            os.close(fd)
        self.socket.close()


@pytest.fixture
def managed(saywhyd):
    """A daemon that such a manager started, and the manager."""
    daemon = saywhyd()
    daemon.stop()
    manager = Manager(daemon.folder)
    manager.start(daemon)
    yield daemon, manager
    manager.close()


def test_restart_under_load(managed, postfix):
    """Stopped and started again: who connects meanwhile waits."""
    daemon, manager = managed
    assert f"{daemon.folder}/milter.sock" in manager.kept
    connect = sites.behind_postfix(postfix, daemon)
    with Load(connect) as load:
        for _ in range(3):
            assert daemon.stop() == 0
            time.sleep(0.5)
            manager.start(daemon)
            load.flows()
    nothing_lost(daemon, load.replies)


def test_restart_beside_an_idle_session(managed, postfix):
    """It ends what is idle in time, for who connects meanwhile waits."""
    daemon, manager = managed
    filter_ = f"{{ {daemon.address}, default_action=tempfail, connect_timeout=10s }}"
    connect = sites.behind_postfix(postfix, daemon, smtpd_milters=filter_)
    with connect() as idle:
        idle.ehlo()
        with Load(connect) as load:
            began = time.monotonic()
            assert daemon.stop() == 0
            manager.start(daemon)
            assert time.monotonic() - began < 25  # it ends the idle one after 10 s
            load.flows()
    assert "did not end in time: 1;" in daemon.log()
    nothing_lost(daemon, load.replies)


def test_a_restart_elsewhere(managed):
    """A kept socket that nobody wants any more is given back."""
    daemon, manager = managed
    daemon.conf.write_text(daemon.conf.read_text().replace(
        "milter.sock", "other.sock"))
    assert daemon.stop() == 0
    manager.start(daemon)
    assert process.listens_at(daemon.folder / "other.sock")
    assert f"{daemon.folder}/other.sock" in manager.kept
    assert manager.returned == [f"{daemon.folder}/milter.sock"]
