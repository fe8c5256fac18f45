"""bench_shipped - what a session costs while its records go to PostgreSQL

Every message is refused, so that each leaves a record; `saywhy ship` brings them
to a server of this machine. Both work beside the filter, on the processors that it
has: what is printed is its own CPU, and how many messages are left for it. What the
session itself does for that is counted in instructions, as neither the time nor the
caches that others take away change them.
"""

import pathlib
import re
import shutil
import subprocess

import postgresql
import process

HERE = pathlib.Path(__file__).resolve().parent
CONF = 'store = "{url}"\nship-state = "{state}"\n'


class Shipped:
    """The filter with `saywhy ship` and its server."""

    def __init__(self, build, folder, saywhyd):
        self.server = postgresql.Server(folder / "pg")
        self.state = folder / "ship.state"
        self.filter = saywhyd("ship and PostgreSQL beside", folder, more=CONF.format(
            url=self.server.url, state=self.state))
        self.ship = subprocess.Popen(
            [build / "saywhy", "ship", "-c", folder / f"{self.filter.name}.conf"],
            stderr=subprocess.DEVNULL)

    def stored(self):
        there = self.server.sql("SELECT to_regclass('record')")
        return int(self.server.sql("SELECT count(*) FROM record")) if there else 0

    def stop(self):
        process.end(self.ship)
        self.filter.stop()
        self.server.stop()


def counted(build, folder, more, messages):
    """The instructions of saywhyd, from its start to its end."""
    folder.mkdir()
    shutil.chown(folder, "nobody")
    conf, at = folder / "conf", folder / "listen"
    conf.write_text(
        (HERE / "bench.conf").read_text() + more
        + f'listen = "unix:{at}"\ncontrol = "unix:{folder}/control"\n'
        f'record-file = "{folder}/records.json"\n')
    with subprocess.Popen(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
             build / "obj" / "saywhyd", "-c", conf], stderr=subprocess.PIPE,
            text=True) as filter_:
        process.wait_until(lambda: process.listens_at(at), "saywhyd to listen")
        got = subprocess.run(
            [build / "load", "--sessions", "1", "--messages", str(messages),
             "--sender", "bad@example.com", f"unix:{at}"], check=True,
            capture_output=True, text=True)
        process.wait_until(
            lambda: (folder / "records.json").read_text().count("\n") == messages,
            f"the records, {got.stdout}")
        filter_.terminate()
        return int(re.search(r"Collected : (\d+)", filter_.stderr.read())[1])


def instructions(build, folder):
    """Of a message that is refused, without and with a store to ship to; None
    where there is no valgrind."""
    if not shutil.which("valgrind"):
        return None
    shipped = CONF.format(url=f"postgresql://nobody@/saywhy?host={folder}",
                          state=folder / "count.state")
    return [(counted(build, folder / f"{name}-many", more, 1200)
             - counted(build, folder / f"{name}-few", more, 200)) / 1000
            for name, more in (("alone", ""), ("shipped", shipped))]


def rate(build, folder, messages, in_turn, saywhyd, nothing):
    """A row for each; None where there is no PostgreSQL."""
    if postgresql.programs() is None:
        return None
    alone, shipped = saywhyd("records alone", folder), Shipped(build, folder, saywhyd)
    idle = nothing("nothing, same steps", folder,
                   alone.load("--messages", 10)["negotiated"])
    sent = 0

    def measure(f):
        nonlocal sent
        got = f.load("--messages", messages, "--sender", "bad@example.com")
        assert not got["errors"] and got["finished"] == (messages if f is idle else 0), got
        if f is shipped.filter:
            sent += messages
            process.wait_until(lambda: shipped.stored() == sent, "all to be there", 120)
        return {"per_second": got["per_second"], "cpu_us": got["filter_us"]}

    try:
        return in_turn([idle, alone, shipped.filter], measure)
    finally:
        idle.stop()
        alone.stop()
        shipped.stop()


def show(rows, counts, show_table):
    if counts is not None:
        alone, shipped = counts
        print("\nInstructions of a message that is refused: "
              f"{alone:,.0f} with records alone, {shipped:,.0f} with a store, "
              f"{shipped / alone - 1:+.2%}")
    if rows is None:
        print("\nThere is no PostgreSQL here that records could be shipped to")
        return
    show_table("Every message refused, its record shipped", rows, "nothing, same steps")
    idle, alone, shipped = (row["cpu_us"] for row in rows.values())
    print(f"  shipping costs the session {shipped - alone:.1f} us of CPU, "
          f"{(shipped - alone) / idle:.1%} of the filter that does nothing")
