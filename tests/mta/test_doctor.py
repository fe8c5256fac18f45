"""saywhy doctor: what is wrong stands in its first line, with what mends it."""

import json
import os
import subprocess

import pytest

import process


@pytest.fixture
def site(saywhyd, dns, box):
    """A daemon that runs, and the doctor who looks at it."""
    daemon = saywhyd()

    def doctor(*options, postfix="/nowhere"):
        done = subprocess.run(
            [daemon.tool, "doctor", "-c", daemon.conf, "--postfix", postfix, *options],
            capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout

    daemon.doctor = doctor
    return daemon


def first_line(daemon, **more):
    status, shown = daemon.doctor(**more)
    assert status == 1, shown
    assert "-> " in shown
    return shown.splitlines()[0]


def test_all_is_well(site):
    status, shown = site.doctor()
    assert status == 0, shown
    assert shown.startswith("saywhy is well")
    status, shown = site.doctor("--json")
    found = json.loads(shown)
    assert status == 0 and found["well"]
    assert {"configuration", "saywhyd", "listen", "record-file", "resolver",
            "clock", "page", "mail server"} <= {s["about"] for s in found["symptoms"]}


def test_a_broken_configuration(site):
    with open(site.conf, "a") as file:
        file.write("nonsense = 1\n")
    line = first_line(site)
    assert "saywhy.conf:" in line and "nonsense" in line


@pytest.mark.parametrize("option, words", [
    ('listen-group = "no-group-at-all"', 'no group "no-group-at-all"'),
    ('user = "nobody-at-all"', 'no account "nobody-at-all"'),
])
def test_who_is_missing(site, option, words):
    name = option.split(" = ")[0]
    kept = [line for line in site.conf.read_text().splitlines()
            if not line.startswith(name + " ")]
    site.conf.write_text("\n".join([option, *kept, ""]))
    assert words in first_line(site)


def test_killed(site):
    site.kill()
    assert "saywhyd does not run" in first_line(site)


def test_a_second_one(site):
    text = site.conf.read_text()
    site.conf.write_text(text.replace(".sock", "2.sock"))
    with subprocess.Popen([site.program, "-c", site.conf],
                          stderr=subprocess.DEVNULL) as second:
        process.wait_until(
            lambda: process.listens_at(site.folder / "control2.sock"), "the second")
        try:
            assert "a second saywhyd runs" in first_line(site)
        finally:
            process.end(second)


def test_a_full_disk(site):
    small = site.folder / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], check=True)
    try:
        site.conf.write_text(site.conf.read_text().replace(
            str(site.record_file), str(small / "records.json")))
        (small / "filler").write_bytes(bytes(65536))
        line = first_line(site)
        assert "the disk is full" in line and str(small) in line
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_socket_that_a_chroot_cannot_reach(site, box):
    folder = box / "doctor-postfix"
    folder.mkdir(exist_ok=True)
    (folder / "main.cf").write_text("compatibility_level = 3.6\n")
    (folder / "master.cf").write_text("smtp inet n - y - - smtpd\n")
    line = first_line(site, postfix=folder)
    assert "chroot" in line and "milter.sock" in line


def test_no_resolver(site):
    text = site.conf.read_text()
    assert "servers" not in text
    with open(site.conf, "a") as file:
        file.write('dns { servers = {"127.0.0.9:5399"} }\n')
    assert "no resolver answers (127.0.0.9:5399)" in first_line(site)


def test_a_file_that_was_not_read_yet(site):
    later = site.conf.stat().st_mtime + 100
    os.utime(site.conf, (later, later))
    status, shown = site.doctor()
    assert status == 0 and "was changed since saywhyd read it" in shown
