"""bench_shipped - what a session costs while its records go to PostgreSQL

Every message is refused, so that each leaves a record; `saywhy ship` brings them
to a server of this machine. Both work beside the filter, on the processors that it
has: what is told is its own CPU, and how many messages are left for it.
"""

import subprocess

import postgresql
import process

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


def show(rows, show_table):
    if rows is None:
        print("\nThere is no PostgreSQL here that records could be shipped to")
        return
    show_table("Every message refused, its record shipped", rows, "nothing, same steps")
    idle, alone, shipped = (row["cpu_us"] for row in rows.values())
    print(f"  shipping costs the session {shipped - alone:.1f} us of CPU, "
          f"{(shipped - alone) / idle:.1%} of the filter that does nothing")
