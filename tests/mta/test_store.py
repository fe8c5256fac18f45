"""No record is missing in the store: a burst, a kill in its middle, a full disk.

The burst is written as saywhyd's sink would write it, by many processes at
once, for `make bench` has the driver that is fast enough; what is told here is
that all of them arrive.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.request

import pytest

import process

TEMPLATE = {
    "v": 1, "host": "mx.example.org", "issuer": "saywhy", "direction": "in",
    "outcome": "reject", "stage": "rcpt", "reason": "relay-denied",
    "who": "sender", "server": {}, "client": {"address": "192.0.2.7"},
    "sender": "a@sender.example", "recipients": ["b@elsewhere.example"],
    "reply": {"code": 550, "status": "5.7.1", "lines": ["x" * 200]},
    "mode": "enforce", "ms": 1,
}
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ident(n):
    return "".join(DIGITS[n >> shift & 31] for shift in range(0, 60, 5))


def line(n):
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    return json.dumps(TEMPLATE | {"id": ident(n), "time": now}) + "\n"


def append(path, first, count):
    with open(path, "ab", buffering=0) as f:
        shutil.chown(path, "nobody")  # as whom saywhyd would have made it
        for n in range(first, first + count):
            f.write(line(n).encode())


@pytest.fixture
def filter_(saywhyd, box, request):
    folder = pathlib.Path(tempfile.mkdtemp(dir=box))
    if getattr(request, "param", None):
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={request.param}",
                        "saywhy", folder], check=True)
        request.addfinalizer(
            lambda: subprocess.run(["umount", "-l", folder], check=False))
    shutil.chown(folder, "nobody")
    daemon = saywhyd(f'store = "{folder}/records.db"\nsyslog = no')
    daemon.store = folder / "records.db"
    return daemon


def ids(build, daemon):
    done = subprocess.run(
        [build / "saywhy", "find", "-c", daemon.conf, "--json", "--limit", "0"],
        capture_output=True, timeout=60)
    return {json.loads(found)["id"] for found in done.stdout.splitlines()}


def status(build, daemon):
    done = subprocess.run(
        [build / "saywhy", "status", "-c", daemon.conf, "--json"],
        capture_output=True, timeout=60)
    return json.loads(done.stdout)["store"]


def test_burst_and_kill(filter_, build):
    """20,000 records in some seconds; the daemon dies at about half of them."""
    for part in range(10):
        append(filter_.record_file, part * 2000, 2000)
        if part == 4:
            filter_.kill()
        if part == 7:
            filter_.start()
    process.wait_until(lambda: status(build, filter_)["taken"] > 0 and
                       status(build, filter_)["behind"] == 0,
                       "the store to catch up")
    assert ids(build, filter_) == {ident(n) for n in range(20000)}
    assert status(build, filter_)["bad"] == 0


def test_rotation(filter_, build):
    """Renamed while it is written to and while nobody looks."""
    append(filter_.record_file, 0, 500)
    os.rename(filter_.record_file, f"{filter_.record_file}.1")
    append(filter_.record_file, 500, 500)
    filter_.kill()
    append(filter_.record_file, 1000, 500)
    os.rename(filter_.record_file, f"{filter_.record_file}-20260101T000000Z")
    append(filter_.record_file, 1500, 500)
    filter_.start()
    process.wait_until(lambda: len(ids(build, filter_)) == 2000, "all of them")


def test_rotation_while_the_clock_is_behind(saywhyd, box, build):
    """The time of a file is to come: whether it is quiet goes by what passes."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=box))
    shutil.chown(folder, "nobody")
    (folder / "clock").write_text("-86400")
    daemon = saywhyd(f'store = "{folder}/records.db"\nsyslog = no', environment={
        "LD_PRELOAD": str(build / "clock-step.so"), "CLOCK_STEP": str(folder / "clock")})
    append(daemon.record_file, 0, 500)
    process.wait_until(lambda: status(build, daemon)["taken"] == 500, "the first half")
    os.rename(daemon.record_file, f"{daemon.record_file}.1")
    append(daemon.record_file, 500, 500)
    process.wait_until(lambda: status(build, daemon)["taken"] == 1000, "the second")


@pytest.mark.parametrize("filter_", ["2m"], indirect=True)
def test_disk_full(filter_, build):
    """Said once, mail goes on, caught up when there is room."""
    append(filter_.record_file, 0, 6000)
    process.wait_until(lambda: status(build, filter_)["state"] == "fails",
                       "the disk to be full")
    assert filter_.log().count("fails, records stay in") == 1
    assert status(build, filter_)["behind"] > 0
    subprocess.run(["mount", "-o", "remount,size=64m", filter_.store.parent],
                   check=True)
    process.wait_until(lambda: status(build, filter_)["behind"] == 0 and
                       status(build, filter_)["state"] == "works",
                       "the store to catch up")
    assert ids(build, filter_) == {ident(n) for n in range(6000)}
    assert "works again" in filter_.log()


def test_forgotten(filter_, build):
    append(filter_.record_file, 0, 10)
    process.wait_until(lambda: len(ids(build, filter_)) == 10, "the store")
    subprocess.run([build / "saywhy", "forget", "-c", filter_.conf,
                    "a@sender.example"], check=True, timeout=60)
    for path in (filter_.record_file, filter_.store):
        assert b"a@sender.example" not in path.read_bytes(), path
    append(filter_.record_file, 10, 1)
    process.wait_until(lambda: len(ids(build, filter_)) == 11, "the store")


def test_what_the_store_has_not_yet(build, filter_):
    """Asked right after a refusal, the tool reads what the feeder did not."""
    process.wait_until(lambda: filter_.store.exists(), "the store")
    filter_.kill()
    append(filter_.record_file, 0, 3)
    assert ids(build, filter_) == {ident(n) for n in range(3)}
    append(filter_.record_file, 3, 1)
    shown = subprocess.run(
        [build / "saywhy", "show", "-c", filter_.conf, "--json", ident(3)],
        capture_output=True, timeout=60)
    assert json.loads(shown.stdout)["id"] == ident(3)
    assert filter_.store.stat().st_uid == filter_.folder.stat().st_uid


def loaded(pid):
    """The libraries that are in the memory of a process."""
    maps = pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines()
    return {pathlib.Path(line.split(None, 5)[5]).name.partition(".so")[0]
            for line in maps if ".so" in line}


FOR_MANY = {"libpq", "libcurl"}


def test_one_host_loads_nothing_for_many(build, filter_):
    """Neither the daemon nor the page, after they worked."""
    with open(filter_.conf, "a") as conf:
        conf.write('page-listen = "inet:8094@127.0.0.1"\n')
    append(filter_.record_file, 0, 3)
    process.wait_until(lambda: len(ids(build, filter_)) == 3, "the store")
    with subprocess.Popen([build / "saywhy", "serve", "-c", filter_.conf],
                          stderr=subprocess.DEVNULL) as serve:
        process.wait_until(lambda: process.listens(8094), "the page")
        with urllib.request.urlopen(
                f"http://127.0.0.1:8094/why/{ident(1)}", timeout=60) as page:
            assert ident(1) in page.read().decode()
        for pid in (filter_.process.pid, serve.pid):
            assert "libsqlite3" in loaded(pid)
            assert not loaded(pid) & FOR_MANY
        serve.terminate()
