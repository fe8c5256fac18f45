"""Nothing lost, nothing twice, whatever fails between a refusal and the store.

saywhyd refuses what a driver sends it, as fast as both can; `saywhy ship` brings
its records to PostgreSQL on another machine. Meanwhile saywhyd, ship and
PostgreSQL are killed (-9), the network is cut, the disk is full at either end and
the record file is rotated, in turn and at any moment.

SAYWHY_SHIPPED: how many records (20,000); SAYWHY_CUT: how long the network is cut
at last, in seconds (12: longer than ship waits for a server).
"""

import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import threading
import time

import pytest

import hosts
import postgresql
import process
import saywhyd
from test_ship import empty, host, server, stored  # noqa: F401
from test_store import append

pytestmark = pytest.mark.skipif(
    postgresql.programs() is None, reason="there is no PostgreSQL here")

SHIPPED = int(os.environ.get("SAYWHY_SHIPPED", 20000))
BURST = 500  # messages of the driver at once
CUT = float(os.environ.get("SAYWHY_CUT", 12))


class Disk:
    """A file system of its own that can be filled."""

    def __init__(self, box, size):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=box))
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "saywhy",
                        self.folder], check=True)
        self.folder.chmod(0o755)
        self.ballast = self.folder / "ballast"

    def fill(self):
        try:
            with open(self.ballast, "wb", buffering=0) as out:
                while out.write(bytes(1 << 16)):
                    pass
        except OSError:
            pass

    def free(self):
        self.ballast.unlink(missing_ok=True)

    def stop(self):
        subprocess.run(["umount", "-l", self.folder], check=False)


class World:
    """Two machines, and what fails there; each fault is mended again."""

    def __init__(self, build, box):
        self.build, self.draw = build, random.Random(19)
        self.wire = hosts.Wire()
        self.here, self.there = self.wire.machine(), self.wire.machine()
        self.disk_here = Disk(box, SHIPPED * 3000 + (64 << 20))
        self.disk_there = Disk(box, SHIPPED * 9000 + (300 << 20))
        with self.there:
            self.database = postgresql.Server(
                self.disk_there.folder / "pg",
                [f"listen_addresses={self.there.address}", "max_wal_size=64MB"],
                f"{hosts.NET}.0/24")
        self.filter = saywhyd.Saywhyd(
            build, self.disk_here.folder / "saywhyd",
            f'store = "postgresql://postgres@{self.there.address}/saywhy"\n'
            f'ship-state = "{self.disk_here.folder}/saywhyd/ship.state"\n'
            "syslog = no\n")
        shutil.chown(self.filter.folder, "nobody")
        self.rotated = 0
        self.enough, self.rest = False, 0
        self.start_ship()
        self.filter.start()
        self.driver = threading.Thread(target=self.drive)
        self.driver.start()

    def drive(self):
        """Until there are enough; what is refused by nobody is sent again."""
        while not self.enough:
            done = subprocess.run(
                [self.build / "load", "--json", "--sessions", "4",
                 "--per-session", "50", "--messages", str(BURST), "--timeout", "2",
                 "--sender", "bad@sender.example", self.filter.address],
                capture_output=True, text=True)
            time.sleep(self.rest if done.returncode == 0 else .05)

    def start_ship(self):
        with self.here, open(self.disk_here.folder / "ship.log", "ab") as log:
            self.ship = subprocess.Popen(
                [self.build / "saywhy", "ship", "-c", self.filter.conf],
                stdout=log, stderr=log)

    def start_database(self):
        with self.there:
            self.database.start()

    def pause(self, seconds):
        time.sleep(self.draw.random() * seconds)

    def ship_killed(self):
        self.ship.kill()
        self.ship.wait()
        self.start_ship()

    def saywhyd_killed(self):
        self.filter.kill()
        self.pause(.3)
        self.filter.start()

    def database_killed(self):
        self.database.kill()
        self.pause(1)
        self.start_database()

    def network_cut(self, seconds=None):
        self.there.cut()
        time.sleep(seconds or self.draw.random() * 2)
        self.there.mend()

    def cut_for_long(self, seconds):
        """While as many are refused again at most as there were before."""
        self.rest = seconds * BURST / SHIPPED
        self.network_cut(seconds)

    def record_file_rotated(self):
        self.rotated += 1
        os.rename(self.filter.record_file,
                  f"{self.filter.record_file}.{99 - self.rotated}")

    def disk_full_here(self):
        self.disk_here.fill()
        self.pause(1)
        if self.draw.random() < .5:
            self.saywhyd_killed()
        self.disk_here.free()

    def disk_full_there(self):
        self.disk_there.fill()
        time.sleep(3)
        self.disk_there.free()
        if self.database.process.poll() is not None:
            self.start_database()

    def records(self):
        """The ids of all whole lines, of every file."""
        found = []
        for path in self.filter.folder.glob("records.json*"):
            for line in path.read_bytes().split(b"\n")[:-1]:
                try:
                    found.append(json.loads(line)["id"])
                except ValueError:
                    pass  # torn by a full disk
        return found

    def written(self):
        return sum(path.stat().st_size for path in
                   self.filter.folder.glob("records.json*")) // 800

    def stored_any(self):
        return self.database.sql("SELECT to_regclass('record')") and self.stored()

    def stored(self):
        return self.database.sql("SELECT id FROM record").split()

    def is_whole(self):
        """All of it is there, and once."""
        records, stored = self.records(), self.stored()
        lines = self.database.sql("SELECT count(*) FROM record JOIN line "
                                  "USING (n, time) WHERE json LIKE "
                                  "'%\"' || id || '\"%'")
        return len(records) == len(set(records)) == len(stored) == int(lines) \
            == int(self.database.sql("SELECT count(*) FROM line")) \
            and set(records) == set(stored)

    def tool(self, *words):
        with self.here:
            return subprocess.run(
                [self.build / "saywhy", words[0], "-c", self.filter.conf,
                 *words[1:]], capture_output=True, text=True, timeout=600)

    def stop(self):
        self.enough = True
        self.driver.join()
        process.end(self.ship)
        self.filter.stop()
        self.database.stop()
        self.disk_here.stop()
        self.disk_there.stop()
        self.wire.stop()


@pytest.fixture
def world(build, box, dns):
    if not (build / "load").exists():
        pytest.skip(f"no load in {build} (make check-mta builds it)")
    made = World(build, box)
    yield made
    made.stop()


def test_cut_off_in_a_batch(world):
    """A server that hears of no end keeps the name of the one that was cut off;
    not for long."""
    process.wait_until(world.stored_any, "the first records")
    world.there.cut()
    time.sleep(1)
    world.ship.kill()
    world.ship.wait()
    time.sleep(13)  # our system gives up after ten seconds, and its word is lost
    world.there.mend()
    world.start_ship()
    world.enough = True
    world.driver.join()
    process.wait_until(world.is_whole, "the name to be free", 50)


def test_nothing_comes_after_a_crash(host, empty):  # noqa: F811
    """What a killed server lost of the last half second comes again, though nothing
    is refused any more."""
    one = host()
    append(one.records, 0, 10)
    one.ship()
    process.wait_until(one.caught_up, "the records")
    empty.kill()
    empty.start()
    process.wait_until(lambda: empty.sql("SELECT to_regclass('line')") and
                       stored(empty) == (10,) * 3, "the records to be there again")


def test_nothing_lost_nothing_twice(world):
    faults = [world.ship_killed, world.saywhyd_killed, world.database_killed,
              world.network_cut, world.record_file_rotated, world.disk_full_here,
              world.disk_full_there]
    met = {fault.__name__: 0 for fault in faults}
    process.wait_until(world.stored_any, "the first records")
    while world.written() < SHIPPED or not all(met.values()):
        fault = faults[sum(met.values()) % len(faults)]
        world.pause(.5)
        fault()
        met[fault.__name__] += 1
    before = len(world.records())
    world.cut_for_long(CUT)
    print(f"{len(world.records()) - before} refused while the network was cut")
    world.enough = True
    world.driver.join()
    process.wait_until(world.is_whole, "all of them, once", 600)
    count = len(world.stored())
    print(f"{count} records, {met}")
    assert count >= SHIPPED * .9
    assert world.ship.poll() is None and process.end(world.ship) == 0
    # The same files again change nothing.
    world.database.sql("UPDATE place SET at = 0, inode = 0")
    done = world.tool("ship", "--once")
    assert done.returncode == 0, done.stderr
    assert world.is_whole() and len(world.stored()) == count
