"""Who passed another greylister is not deferred again

Files are made by the tools of Berkeley DB, as postgrey's are.
"""

import os
import pwd
import shutil
import subprocess
import time

import pytest

import peer

CONF = """
counters-file = ""
auth { spf = no dkim = no dmarc = no sender-domain = no rdns-lookup = no helo-lookup = no }
blacklist { greylist = all }
"""
LOAD = next((shutil.which(n) for n in ("db_load", "db5.3_load")
             if shutil.which(n)), None)


def deferred(daemon, client):
    with peer.Peer(daemon) as mta:
        mta.negotiate().connect(address=client)
        mta.helo()
        mta.mail("<a@example.com>")
        letter, _ = mta.rcpt("<user@example.org>")
        return letter != "c"


@pytest.mark.skipif(LOAD is None, reason="the tools of Berkeley DB (db-util)")
@pytest.mark.parametrize("kind", ["btree", "hash"])
def test_postgrey(saywhyd, tmp_path, kind):
    daemon = saywhyd(CONF)
    now = int(time.time())
    pairs = {
        f"192.0.2.0/a@example.com/u{i}@example.org": f"{now - 900},{now - 300}"
        for i in range(50)}
    pairs["198.51.100.7/a@example.com/u@example.org"] = f"{now - 100},{now - 50}"
    path = tmp_path / "postgrey.db"
    subprocess.run([LOAD, "-T", "-t", kind, path], check=True, text=True,
                   input="".join(f"{k}\n{v}\n" for k, v in pairs.items()))
    assert deferred(daemon, "192.0.2.9")
    done = daemon.run_tool("import", path, "-c", daemon.conf)
    assert done.returncode == 0, done
    assert "1 networks are known now (50 entries); left out: 1 that wait" in done.stdout
    assert not deferred(daemon, "192.0.2.9")
    assert deferred(daemon, "198.51.100.7")


@pytest.mark.skipif(LOAD is None, reason="the tools of Berkeley DB (db-util)")
def test_a_large_postgrey(saywhyd, tmp_path):
    """A hundred thousand entries of as many networks, some of IPv6."""
    daemon = saywhyd(CONF)
    now = int(time.time())

    def network(i):
        if i % 10 == 0:
            return f"2001:db8:{i % 65536:x}:{i >> 16}::"
        return f"{20 + i // 50000}.{i // 250 % 200}.{i % 250}.0"

    path = tmp_path / "postgrey.db"
    subprocess.run([LOAD, "-T", "-t", "btree", path], check=True, text=True, input="".join(
        f"{network(i)}/a@example.com/u@example.org\n{now - 900},{now - 300}\n"
        for i in range(100000)))
    began = time.monotonic()
    done = daemon.run_tool("import", path, "-c", daemon.conf)
    print(f"{time.monotonic() - began:.1f} s")
    assert done.returncode == 0, done
    assert f"({100000} entries); left out: 0 that wait" in done.stdout, done
    for i in (1, 49999, 50001, 99999):
        assert not deferred(daemon, network(i)[:-1] + "9")
    assert deferred(daemon, "203.0.113.1")


def one_entry(path):
    """A btree that root alone can read."""
    now = int(time.time())
    subprocess.run([LOAD, "-T", "-t", "btree", path], check=True, text=True,
                   input=f"192.0.2.0/a@example.com/u@example.org\n{now - 900},{now - 300}\n")
    path.chmod(0o600)


@pytest.mark.skipif(LOAD is None, reason="the tools of Berkeley DB (db-util)")
@pytest.mark.parametrize("piped", [False, True], ids=["file", "pipe"])
def test_the_account_reads_the_database(saywhyd, tmp_path, piped):
    """db_dump runs with its rights, on what root alone could read."""
    daemon = saywhyd(CONF)
    path = tmp_path / "postgrey.db"
    one_entry(path)
    dump = LOAD.replace("load", "dump")
    spy = daemon.folder / "db_dump"
    spy.write_text(f'#!/bin/sh\necho "$(id -u) $(pwd)" >&2\nexec {dump} "$@"\n')
    spy.chmod(0o755)
    with open(path, "rb") as file:
        done = daemon.run_tool(
            "import", "-" if piped else path, "-c", daemon.conf, stdin=file,
            env=os.environ | {"PATH": f"{daemon.folder}:{os.environ['PATH']}"})
    assert done.returncode == 0 and "(1 entries)" in done.stdout, done
    assert done.stderr == f"{pwd.getpwnam('nobody').pw_uid} /\n"


@pytest.mark.skipif(LOAD is None, reason="the tools of Berkeley DB (db-util)")
def test_root_reads_no_database(saywhyd, tmp_path):
    daemon = saywhyd(CONF)
    path = tmp_path / "postgrey.db"
    one_entry(path)
    daemon.conf.write_text(daemon.conf.read_text().replace(
        'user = "nobody"', 'user = "there-is-none"'))
    done = daemon.run_tool("import", path, "-c", daemon.conf)
    assert done.returncode == 66 and "root runs no db_dump on it" in done.stderr, done
    assert "there is no such account" in done.stderr


@pytest.mark.skipif(LOAD is None, reason="the tools of Berkeley DB (db-util)")
@pytest.mark.parametrize("does, said", [
    ("exit 3", "db_dump failed with status 3\n"),
    ("kill -9 $$", "db_dump ended by signal 9\n"),
    (None, "it takes db_dump (Debian: db-util) to read it\n"),
])
def test_db_dump_fails(saywhyd, tmp_path, does, said):
    """That it is not there is said only where it is not."""
    daemon = saywhyd(CONF)
    path = tmp_path / "postgrey.db"
    one_entry(path)
    if does is not None:
        broken = daemon.folder / "db_dump"
        broken.write_text(f"#!/bin/sh\n{does}\n")
        broken.chmod(0o755)
    done = daemon.run_tool("import", path, "-c", daemon.conf,
                           env=os.environ | {"PATH": str(daemon.folder)})
    assert done.returncode == 66, done
    assert done.stderr == f"saywhy import: {path}: is a Berkeley DB; {said}"


def test_milter_greylist(saywhyd, tmp_path):
    daemon = saywhyd(CONF)
    later = int(time.time()) + 86400
    path = tmp_path / "greylist.db"
    path.write_text(
        "# milter-greylist databases\n\n# Auto-whitelisted tuples\n" + "".join(
            f"203.{i // 250}.{i % 250}.7\t<a@example.com>\t<u@example.org>\t{later} AUTO"
            " # 2026-11-28 10:00:00\n" for i in range(1000)))
    assert deferred(daemon, "203.3.249.1")
    done = daemon.run_tool("import", path, "-c", daemon.conf)
    assert done.returncode == 0 and "1000 networks are known" in done.stdout, done
    assert not deferred(daemon, "203.3.249.1")
    assert deferred(daemon, "203.4.1.1")


def test_it_greylists_nobody(saywhyd, tmp_path):
    path = tmp_path / "greylist.db"
    path.write_text("192.0.2.1\t<a@b.example>\t<u@example.org>\t9999999999 AUTO\n")
    daemon = saywhyd()
    done = daemon.run_tool("import", path, "-c", daemon.conf)
    assert done.returncode == 69 and "blacklist.greylist turns it on" in done.stderr
