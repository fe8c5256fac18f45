"""Three mail servers and one store, each on a machine of its own.

Every machine has a real Postfix, saywhyd, `saywhy ship` and `saywhy serve`; a
fourth one has PostgreSQL. What is refused at one is read on the page of another
one, whatever of it has died.
"""

import http.client
import json
import pathlib
import subprocess
import tempfile
import time

import pytest

import hosts
import names
import postfix
import postgresql
import process
import saywhyd
import smtp

pytestmark = pytest.mark.skipif(
    postgresql.programs() is None, reason="there is no PostgreSQL here")

PAGE, FRONT = 8080, 80
TRIES = 10


def best(took):
    """A busy machine makes it longer, never shorter."""
    return round(min(took), 3)


class Host:
    """A mail server with all that belongs to it."""

    def __init__(self, build, box, machine, store, sasl_db, tls_pem):
        self.build, self.machine = build, machine
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=box))
        self.folder.chmod(0o755)
        name = f"mx{machine.number}.example.org"
        peers = ", ".join(f'"{n}=http://{hosts.NET}.{n}:{FRONT}/why/"'
                          for n in (1, 2, 3))
        self.daemon = saywhyd.Saywhyd(
            build, self.folder / "saywhyd",
            f'host-number = {machine.number}\nstore = "{store}"\n'
            f'syslog = no\nship-state = "{self.folder}/saywhyd/ship.state"\n'
            f'page-listen = "inet:{PAGE}@127.0.0.1"\npage-rate = 0\n'
            f"peers = {{{peers}}}\n")
        conf = self.daemon.conf.read_text().replace("mx.example.org", name)
        self.daemon.conf.write_text(conf)
        self.mta = postfix.Postfix(
            self.folder / "postfix", sasl_db, tls_pem, myhostname=name,
            smtpd_milters=self.daemon.address)
        self.processes, self.dns = {}, None

    def start(self):
        with self.machine:
            self.dns = names.NameServer(self.folder / "dns")
            self.daemon.start()
            self.run("ship")
            self.run("serve")
            self.mta.start()
            process.wait_until(lambda: process.listens(PAGE), "the page")
        self.machine.forward(FRONT, PAGE)

    def run(self, command):
        with self.machine, open(self.folder / f"{command}.log", "ab") as log:
            self.processes[command] = subprocess.Popen(
                [self.build / "saywhy", command, "-c", self.daemon.conf],
                stdout=log, stderr=log)

    def end(self, command):
        process.end(self.processes.pop(command))

    def refuse(self):
        """The id of a refusal, as its sender reads it."""
        with self.machine:
            client = smtp.Client(self.mta.first_port, self.machine.address)
        with client:
            client.ehlo()
            client.command("MAIL FROM:<bad@sender.example>")
            reply = client.command("RCPT TO:<user@example.org>")
        assert reply.code == 550, self.daemon.log()
        return saywhyd.id_of(reply)

    def page(self, found):
        """Status, text, and how long it took."""
        began = time.monotonic()
        with self.machine:
            c = http.client.HTTPConnection(self.machine.address, FRONT,
                                           timeout=60)
            c.connect()
        c.request("GET", f"/why/{found}")
        answer = c.getresponse()
        text = answer.read().decode()
        c.close()
        return answer.status, text, time.monotonic() - began

    def wait_for(self, found):
        """How long the page takes, once it knows: a peer that did not answer
        in time, or not at all, is asked again after two seconds."""
        process.wait_until(lambda: self.knows(found), "the page to know it")
        return self.page(found)[2]

    def knows(self, found):
        status, text, _ = self.page(found)
        return status == 200 and found in text

    def tool(self, *words):
        with self.machine:
            return subprocess.run(
                [self.build / "saywhy", words[0], "-c", self.daemon.conf,
                 *words[1:]], capture_output=True, text=True, timeout=60)

    def stop(self):
        for command in list(self.processes):
            self.end(command)
        if self.mta.master:
            self.mta.stop()
        if self.daemon.process:
            self.daemon.stop()
        if self.dns:
            self.dns.stop()


@pytest.fixture(scope="module")
def site(build, box, sasl_db, tls_pem):
    """Three hosts and their database."""
    wire, running = hosts.Wire(), []
    machines = [wire.machine() for _ in range(4)]
    folder = pathlib.Path(tempfile.mkdtemp(dir=box))
    folder.chmod(0o755)
    address = machines[3].address
    with machines[3]:
        database = postgresql.Server(folder / "pg", [
            f"listen_addresses={address}"], f"{hosts.NET}.0/24")
    database.machine = machines[3]
    try:
        for machine in machines[:3]:
            running.append(Host(build, box, machine,
                                f"postgresql://postgres@{address}/saywhy",
                                sasl_db, tls_pem))
            running[-1].start()
        yield *running, database
    finally:
        for host in running:
            host.stop()
        database.stop()
        wire.stop()


def test_read_at_another_host(site):
    """Within a second: from the peer at once, and then from the store."""
    one, two, three, database = site
    page, store = [], []
    for at in (two, three, two, three, two):
        found = one.refuse()
        began = time.monotonic()
        process.wait_until(lambda: at.knows(found), "the page to know it")
        page.append(time.monotonic() - began)
        process.wait_until(lambda: database.sql(
            f"SELECT 1 FROM line WHERE json LIKE '%{found}%'"), "the store")
        store.append(time.monotonic() - began)
        shown = at.tool("show", found)
        assert found in shown.stdout, shown.stderr
    print(f"read elsewhere after {best(page)} s, stored after {best(store)} s")
    assert best(page) < 1 and best(store) < 1
    assert int(database.sql("SELECT count(DISTINCT id) FROM record")) == len(page)
    # Each tells under which policy it was refused.
    policy = json.loads(one.tool("status", "--json").stdout)["policy"]
    assert {record["policy"] for record in one.daemon.records()} == {policy}
    # Without the host that refused, it is the store that knows.
    one.end("serve")
    try:
        assert two.knows(found) and three.knows(found)
    finally:
        one.run("serve")


def test_database_down(site):
    """From the host that refused: within 200 ms."""
    one, two, three, database = site
    database.kill()
    try:
        took = []
        for _ in range(TRIES):
            took.append(two.wait_for(one.refuse()))
            if best(took) < .2:
                break
        print(f"read from the peer in {best(took)} s")
        assert best(took) < .2
        # Nobody has it any more: that is said, and what to do.
        lost = one.refuse()
        one.end("serve")
        status, text, seconds = two.page(lost)
        assert status == 503 and "Please look again in a minute" in text
        assert seconds < 20
        assert two.page(lost[:-2] + "0Z")[0] == 503  # a host that is no peer
    finally:
        with database.machine:
            database.start()
        one.run("serve")
    process.wait_until(lambda: two.knows(lost) and three.knows(lost),
                       "all of it to be there again")
    process.wait_until(
        lambda: one.tool("find", "--json").stdout.count('"id"') ==
        int(database.sql("SELECT count(DISTINCT id) FROM record")) ==
        len(one.daemon.records()), "each of them in the store, once")


def test_network_cut(site):
    """Nobody says that the database is away: a page waits for it once."""
    one, two, _, database = site
    two.wait_for(one.refuse())
    database.machine.cut()
    try:
        found, took = one.refuse(), []
        for _ in range(10):
            took.append(two.wait_for(found))
            time.sleep(.2)
        print(f"read from the peer in {best(took)} s, at most {max(took):.3f} s")
        assert best(took) < .2 and max(took) < 40
    finally:
        database.machine.mend()
    process.wait_until(lambda: one.tool("show", found).returncode == 0, "the store")
