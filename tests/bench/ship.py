#!/usr/bin/python3
"""ship - what a store in PostgreSQL costs: shipped, asked, grown

usage: ship.py BUILD [RECORDS ...]     (1000000; each is how many there are then)

Records of refusals as mail hosts have them (many clients, few reasons, some
names that come again and again) of the last 30 days are shipped by one process
to a server of this machine, with its settings as packaged but for its place;
then it is asked, and then it is given 2,000 records a second. More numbers tell
how all of that grows. Needs root, and 2.5 KB of disk a record.
"""

import http.client
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "mta"))
import postgresql  # noqa: E402

PAGE = 8095
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PAIRS = [a + b for a in DIGITS for b in DIGITS]
REASONS = ["spf-fail", "dnsbl-listed", "mailbox-unknown", "relay-denied",
           "dmarc-reject", "helo-forged", "rdns-missing", "client-denied",
           "content-malware", "mailbox-full"]
LINE = (
    '{{"v":1,"time":"{time}","id":"{id}","host":"mx{host}.example.org",'
    '"issuer":"saywhy","direction":"in","outcome":"{outcome}","stage":"rcpt",'
    '"reason":"{reason}","who":"sender-admin","check":"auth_spf","reply":'
    '{{"code":550,"status":"5.7.23","lines":["SPF: {client} may not send mail '
    'for {domain}.","The mail admin of {domain} must add this server to the '
    'SPF record.","https://mx.example.org/why/{id}"]}},"server":{{"address":'
    '"192.0.2.1","port":25,"daemon":"smtpd"}},"client":{{"address":"{client}",'
    '"port":40312,"name":"{name}"}},"helo":"{name}","sender":"{sender}",'
    '"recipients":["{rcpt}"],"message_id":"<{id}@{domain}>","evidence":{{'
    '"spf_record":"v=spf1 ip4:198.51.100.7 -all","spf_mechanism":"-all"}},'
    '"mode":"enforce","ms":12}}\n')
THERE = "SELECT count(*) FROM record WHERE time > " \
    "(extract(epoch FROM now()) * 1000)::bigint - 60000"
draw = random.Random(19)


def skewed(below):
    """Half are of the first tenth."""
    return draw.randrange(below // 10 + 1 if draw.random() < .5 else below)


def put(out, count, begin, span):
    """So many lines, in the order of their time."""
    when = None
    for n in range(count):
        at = begin + span * n / count
        if int(at) != when:
            when = int(at)
            stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(when))
        c, d = skewed(200000), skewed(50000)
        hour, bits = int(at) // 3600 % 1024, draw.getrandbits(50)
        out.write(LINE.format(
            time=f"{stamp}.{int(at * 1000) % 1000:03}Z", host=n % 3 + 1,
            id=PAIRS[hour] + "".join(
                PAIRS[bits >> s & 1023] for s in range(0, 50, 10)),
            outcome="tempfail" if n % 9 == 0 else "reject",
            reason=REASONS[skewed(10)],
            client=f"{c >> 16 | 11}.{c >> 8 & 255}.{c & 255}.{c % 250}",
            name=f"host{c}.net{d % 999}.example", domain=f"d{d}.example",
            sender=f"user{skewed(99)}@d{d}.example",
            rcpt=f"u{skewed(20000)}@example.org"))


def ticks(pid, children):
    """CPU of a process, with that of its children that ended, in seconds."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return 0
    words = text.rpartition(")")[2].split()
    return sum(map(int, words[11:15 if children else 13])) / 100


def cpu(server):
    """Of all processes of the server."""
    pid = server.process.pid
    children = pathlib.Path(
        f"/proc/{pid}/task/{pid}/children").read_text().split()
    return ticks(pid, True) + sum(ticks(child, False) for child in children)


def ours():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(label, words, server, times=9):
    """Wall clock of the best; CPU of both sides, on the average."""
    best, began_ours, began_server = None, ours(), cpu(server)
    for _ in range(times):
        began = time.monotonic()
        # Nothing of Python's own to start and to read it, which took as long.
        status = os.waitpid(os.posix_spawn(words[0], words, os.environ, file_actions=[
            (os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)
        ]), 0)[1]
        spent = (time.monotonic() - began) * 1000
        best = spent if best is None else min(best, spent)
    time.sleep(.2)
    print(f"{label:30} {best:9.1f} ms; CPU: "
          f"tool {(ours() - began_ours) * 1000 / times:7.1f} ms, "
          f"server {(cpu(server) - began_server) * 1000 / times:7.1f} ms "
          f"(status {os.waitstatus_to_exitcode(status)})", flush=True)


def ask(tool, conf, server):
    found = server.sql("SELECT id, array_to_string(recipients, ''), sender, "
                       "name FROM record OFFSET 4711 LIMIT 1").split("|")
    for label, words in (
            ("nothing: saywhy --help", ["--help"]),
            ("show", ["show", "-c", conf, found[0]]),
            ("find --recipient, a week", ["find", "-c", conf, "--recipient",
                                          found[1], "--since", "7 days"]),
            ("find --recipient, all", ["find", "-c", conf, "--recipient",
                                       found[1]]),
            ("find --sender", ["find", "-c", conf, "--sender", found[2]]),
            ("find --client (name)", ["find", "-c", conf, "--client",
                                      found[3]]),
            ("find --client 11.2.0.0/16", ["find", "-c", conf, "--client",
                                           "11.2.0.0/16"]),
            ("find --domain", ["find", "-c", conf, "--domain",
                               found[2].split("@")[1]]),
            ("find --reason, a day", ["find", "-c", conf, "--reason",
                                      "spf-fail", "--since", "1 days"]),
            ("find --text, a day", ["find", "-c", conf, "--text", found[2],
                                    "--since", "1 days"]),
            ("report day", ["report", "-c", conf, "day"]),
            ("report month", ["report", "-c", conf, "month"])):
        timed(label, [tool, *words], server)


def ask_ship(tool, conf, server):
    """A record by its id, where ship is at work beside it."""
    found = server.sql("SELECT id FROM record OFFSET 4711 LIMIT 1")
    with subprocess.Popen([tool, "ship", "-c", conf],
                          stderr=subprocess.DEVNULL) as ship:
        time.sleep(1)
        timed("show, ship at work", [tool, "show", "-c", conf, found], server)
        ship.terminate()


def ask_page(tool, conf, server):
    """An id on the page: its process and its connections are there."""
    ids = server.sql("SELECT id FROM record WHERE n % 400 = 7 "
                     "LIMIT 200").split()
    serve = subprocess.Popen([tool, "serve", "-c", conf],
                             stderr=subprocess.DEVNULL)
    try:
        time.sleep(2)
        took, before, there = [], ticks(serve.pid, False), cpu(server)
        connection = http.client.HTTPConnection("127.0.0.1", PAGE)
        for found in ids:
            began = time.monotonic()
            connection.request("GET", f"/why/{found}")
            answer = connection.getresponse()
            assert found in answer.read().decode(), found
            took.append((time.monotonic() - began) * 1000)
        print(f"an id on the page: median {sorted(took)[len(took) // 2]:.1f} ms, "
              f"best {min(took):.1f} ms; CPU: page "
              f"{(ticks(serve.pid, False) - before) * 1000 / len(ids):.1f} ms, "
              f"server {(cpu(server) - there) * 1000 / len(ids):.1f} ms",
              flush=True)
    finally:
        serve.terminate()
        serve.wait()


def digest(tool, conf, server):
    """Until every hour and day that is over is counted."""
    began, before = time.monotonic(), cpu(server)
    missing = "SELECT count(*) FROM digest WHERE hours = 24"
    days = int(server.sql("SELECT count(*) FROM pg_inherits WHERE inhparent = "
                          "'record'::regclass"))
    with subprocess.Popen([tool, "ship", "-c", conf],
                          stderr=subprocess.DEVNULL) as ship:
        while int(server.sql(missing)) < days - 2:
            time.sleep(1)
        ship.terminate()
    rows, size = server.sql("SELECT count(*), sum(length(counts)) "
                            "FROM digest").split("|")
    print(f"{rows} digests of {int(size) >> 20} MB made in "
          f"{time.monotonic() - began:.0f} s, CPU of the server "
          f"{cpu(server) - before:.0f} s", flush=True)


def trickle(tool, conf, records, server, seconds=20, rate=2000):
    """How long a record takes, at a rate: by what the server has each 50 ms."""
    with subprocess.Popen([tool, "ship", "-c", conf],
                          stderr=subprocess.DEVNULL) as ship:
        time.sleep(1)
        before = int(server.sql(THERE))
        written, lags, began = [], [], time.monotonic()
        with open(records, "a") as out:
            while time.monotonic() - began < seconds:
                put(out, rate // 20, time.time(), .05)
                out.flush()
                written.append((time.monotonic(), rate // 20))
                have = int(server.sql(THERE))
                have -= before
                while written and have >= written[0][1]:
                    at, n = written.pop(0)
                    have, before = have - n, before + n
                    lags.append(time.monotonic() - at)
                time.sleep(max(0, began + .05 * (len(lags) + len(written)) -
                               time.monotonic()))
        ship.terminate()
    lags.sort()
    print(f"lag at {rate}/s: median {lags[len(lags) // 2] * 1000:.0f} ms, "
          f"p99 {lags[len(lags) * 99 // 100] * 1000:.0f} ms, "
          f"{len(written)} parts of {len(lags) + len(written)} not there",
          flush=True)


def ship_all(tool, conf, server, records, count):
    size = records.stat().st_size
    began, before, there = time.monotonic(), ours(), cpu(server)
    subprocess.run([tool, "ship", "--once", "-c", conf], check=True,
                   stderr=subprocess.DEVNULL)
    spent = time.monotonic() - began
    time.sleep(1)
    print(f"{count} records of {size / count:.0f} bytes shipped in "
          f"{spent:.1f} s: {count / spent:.0f} a second; CPU for each: ship "
          f"{(ours() - before) * 1e6 / count:.1f} us, server "
          f"{(cpu(server) - there) * 1e6 / count:.1f} us", flush=True)


def tell_size(server):
    """Bytes a record; a day that is over, as today has pages half full."""
    count = int(server.sql("SELECT sum(reltuples)::bigint FROM pg_class JOIN "
                           "pg_inherits ON pg_class.oid = inhrelid WHERE inhparent = "
                           "'line'::regclass"))
    for table in ("record", "line"):
        heap, index = map(int, server.sql(
            "SELECT sum(pg_table_size(inhrelid)), sum(pg_indexes_size("
            "inhrelid)) FROM pg_inherits WHERE inhparent = "
            f"'{table}'::regclass").split("|"))
        print(f"{table}: {heap / count:.0f} bytes a record, and "
              f"{index / count:.0f} of indexes", flush=True)
    for row in server.sql(
            "SELECT regexp_replace(c.relname, '\\d{8}', 'DAY'), "
            "sum(pg_relation_size(c.oid)) FROM pg_index JOIN pg_inherits ON "
            "indrelid = inhrelid AND inhparent = 'record'::regclass JOIN "
            "pg_class AS c ON c.oid = indexrelid GROUP BY 1 "
            "ORDER BY 2 DESC").splitlines():
        name, size = row.split("|")
        print(f"    {name}: {int(size) / count:.0f}", flush=True)


def main(build, *counts):
    counts = counts or (1000000,)
    folder = pathlib.Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    shutil.chown(folder, "nobody")
    records, conf, tool = folder / "records.json", folder / "conf", \
        f"{build}/saywhy"
    server = postgresql.Server(folder / "pg")
    conf.write_text(
        f'name = "mx1.example.org"\ncontact = "postmaster@example.org"\n'
        f'listen = "unix:{folder}/m"\nuser = "nobody"\n'
        f'record-file = "{records}"\nstore = "{server.url}"\n'
        f'page-listen = "inet:{PAGE}@127.0.0.1"\npage-rate = 0\n'
        f'ship-state = "{folder}/state"\nretention = "40 days"\n')
    try:
        there, month = 0, 30 * 86400
        for count in counts:
            # Days that are there get more; that is how a store grows, too.
            with open(records, "w") as out:
                put(out, count - there, time.time() - month, month - 60)
            print(f"-- {count} records, load {os.getloadavg()[0]:.1f}",
                  flush=True)
            ship_all(tool, conf, server, records, count - there)
            there = count
            server.sql("VACUUM ANALYZE")
            tell_size(server)
            digest(tool, conf, server)
            ask(tool, conf, server)
            ask_ship(tool, conf, server)
            ask_page(tool, conf, server)
            trickle(tool, conf, records, server)
            server.sql("UPDATE place SET inode = 0, at = 0")
            records.unlink()
    finally:
        server.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
