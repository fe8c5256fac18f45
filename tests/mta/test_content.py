"""What one message may cost: memory of large ones, time of hostile ones.

The load driver is the MTA here. The limits are those that are promised, but
for time, which is doubled: other tests run beside this one.
"""

import json
import os
import pathlib
import struct
import subprocess
import sys

import pytest

import peer
import scanners

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "bench"))
import bench_content  # noqa: E402

ARCHIVE_BUFFER_KIB = 4096


class Filter:
    """saywhyd as the functions of bench_content want it."""

    def __init__(self, build, daemon):
        self.build, self.daemon = build, daemon
        self.process = daemon.process

    def load(self, *options):
        done = subprocess.run(
            [self.build / "load", "--json", "--pid", str(self.process.pid),
             *map(str, options), self.daemon.address],
            check=True, capture_output=True, text=True)
        return json.loads(done.stdout)

    def cpu(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().split()
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.daemon.stop()


@pytest.fixture
def start(build, saywhyd):
    if not (build / "load").exists():
        pytest.skip("the load driver is not built (make load)")

    def begin(name, folder, more=""):
        return Filter(build, saywhyd(more))

    return begin


def test_hostile_messages(start, box):
    figures = bench_content.hostile(start, box, quick=True)
    for name, row in figures.items():
        assert row["more_kib"] < 8192 + ARCHIVE_BUFFER_KIB, (name, row)
        if row["megabytes"] > 0.5:
            assert row["ms_per_mb"] < 100, (name, row)
        else:
            assert row["ms_per_mb"] * row["megabytes"] < 200, (name, row)


def test_large_message(start, box):
    assert bench_content.large(start, box, 50) < 2048


@pytest.mark.skipif(bool(scanners.missing()), reason="no clamd")
def test_large_message_with_clamd(start, box, monkeypatch):
    monkeypatch.setattr(scanners.Clamd, "limit", "60M")
    farm = scanners.Farm(box)
    clamd = farm.start("clamd")
    try:
        more = f'content {{ clamd = "{clamd.spec}" }}\n'
        assert bench_content.large(start, box, 50, more) < 4096
    finally:
        farm.stop()


# The smallest that there is; one that a check wants; one that is always kept,
# and one of which more is kept than fits.
FLOODS = {
    "smallest": (b"a\0\0", 12_500_000),
    "matched": (b"Subject\0 aaaaaaaaaa\0", 2_500_000),
    "kept": (b"From\0 a@b\0", 5_000_000),
    "none fits": (b"From\0 " + b"a" * 600_000 + b"\0", 83),
    "results": (b"Authentication-Results\0 mx.example.org; spf=pass\0", 1_000_000),
}
FLOOD = """
auth { results = yes }
content { attachments "programs" { deny = {"exe"} } }
"""


def pour(mta, field, count):
    """The header of a message, of one field again and again."""
    packet = struct.pack("!IB", len(field) + 1, ord("L")) + field
    some = max(1, min(count, 65536 // len(packet)))
    for _ in range(count // some):
        mta.socket.sendall(packet * some)


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_of_fields(saywhyd, build, name):
    """50 MB as the mail server passes them, and all that libmilter does."""
    daemon = saywhyd(FLOOD)
    running = Filter(None, daemon)
    most = 6 if build.name == "asan" else 2
    with peer.Peer(daemon) as mta:
        mta.negotiate().connect()
        mta.helo()
        for _ in range(2):  # nothing is left over for the next message
            mta.mail()
            assert mta.rcpt()[0] == "c"
            before = running.cpu()
            pour(mta, *FLOODS[name])
            mta.header("Subject", " hello")
            mta.tell("N")
            mta.tell("B", b"x\r\n")
            letter, text = mta.tell("E")
            assert (letter, text[:9]) == ("y", b"552-5.3.4")
            assert running.cpu() - before < most
        mta.mail()
        mta.rcpt()
        assert mta.message()[0] != "y"
