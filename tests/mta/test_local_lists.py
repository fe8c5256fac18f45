"""Local lists in files: used, changed, broken and gone while mail comes in."""

import json
import pathlib
import tempfile

import pytest

import process
import sites
import smtp

RCPT = """
    EHLO client.example
    MAIL FROM:<a@sender.example>
    RCPT TO:<user@example.org>
"""


@pytest.fixture
def folder(box):
    path = pathlib.Path(tempfile.mkdtemp(dir=box))
    path.chmod(0o755)
    return path


@pytest.fixture
def listed(folder, saywhyd, postfix):
    """A daemon with one list in a file, and whom it refuses."""
    path = folder / "deny"
    path.write_text("192.0.2.7 # the first\n")
    daemon = saywhyd(f'blacklist {{ list "local" {{ file = "{path}" }} }}\n')
    connect = sites.behind_postfix(postfix, daemon)

    def refuses(address):
        with connect(address) as client:
            return not smtp.until_refused(client, RCPT).ok

    return daemon, path, refuses


def state(daemon):
    done = daemon.run_tool("status", "--json", "--config", daemon.conf, check=True)
    [entry] = json.loads(done.stdout)["lists"]
    return entry


def test_changed(listed):
    """A new file counts after some seconds, without a reload."""
    daemon, path, refuses = listed
    assert refuses("192.0.2.7") and not refuses("192.0.2.8")
    [record] = [r for r in daemon.records() if r["check"] == "blacklist_list"]
    assert record["evidence"] == {"list": "local", "entry": "192.0.2.7",
                                  "comment": "the first"}
    path.write_text("192.0.2.8\n192.0.2.16/28\n")
    process.wait_until(lambda: state(daemon)["entries"] == 2, "the new list")
    assert refuses("192.0.2.8") and refuses("192.0.2.20")
    assert not refuses("192.0.2.7")


def test_the_clock_is_set(folder, saywhyd, build):
    """What waits goes by the time that passes, not by the time of day."""
    path = folder / "deny"
    path.write_text("192.0.2.7\n")
    (folder / "clock").write_text("86400")
    daemon = saywhyd(f'blacklist {{ list "local" {{ file = "{path}" }} }}\n', environment={
        "LD_PRELOAD": str(build / "clock-step.so"), "CLOCK_STEP": str(folder / "clock")})
    path.write_text("192.0.2.8\n192.0.2.9\n")
    process.wait_until(lambda: state(daemon)["entries"] == 2, "the new list")


def test_broken(listed):
    """The old list stays; the mistake is reported by file, line and reason."""
    daemon, path, refuses = listed
    path.write_text("192.0.2.8\n192.0.2.1/24\n")
    process.wait_until(lambda: state(daemon)["failure"], "the mistake")
    assert state(daemon)["failure"].startswith("line 2: ")
    assert f'{path}:2: "192.0.2.1/24" has bits set' in daemon.log()
    assert "the list as it was stays" in daemon.log()
    assert refuses("192.0.2.7") and not refuses("192.0.2.8")
    daemon.reload()
    assert "not loaded; the old one stays" in daemon.log()
    assert refuses("192.0.2.7")
    path.unlink()
    process.wait_until(
        lambda: "No such file" in str(state(daemon)["failure"]), "the gap")
    assert refuses("192.0.2.7")
    path.write_text("192.0.2.9\n")
    process.wait_until(lambda: state(daemon)["failure"] is None, "the new list")
    assert refuses("192.0.2.9") and not refuses("192.0.2.7")
    assert daemon.log().count("not loaded; the list as it was stays") == 2
