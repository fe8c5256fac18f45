"""bench_counters - counting here and in a server, what gets old, greylisting"""

import json
import re
import shutil
import socket
import subprocess
import time

import liar
import process
import valkey

POOL, BOTNET = 60, 1000
CONF = """
counters-file = ""
dns {{ servers = {{"127.0.0.1:{port}"}} }}
auth {{ spf = yes }}
blacklist {{ greylist = {greylist} greylist-delay = "{delay}" }}
"""
# Each of the pool's hosts is in a network of its own.
DNS = "pool.example TXT v=spf1 ip4:10.0.0.0/16 -all\n. MAIL -\n"


def count(build, *words):
    done = subprocess.run([build / "count", *map(str, words)], check=True,
                          capture_output=True, text=True)
    return json.loads(done.stdout)


class Server:
    """Redis or Valkey on a UNIX socket."""

    def __init__(self, folder, command, benchmark):
        self.socket, self.benchmark = folder / "counting.sock", benchmark
        self.process = subprocess.Popen(
            [*command, "--port", "0", "--unixsocket", str(self.socket), "--dir",
             str(folder), "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL)
        process.wait_until(lambda: process.listens_at(self.socket), command[0])

    def rate(self, *command):
        """A second, by its own benchmark with 16 clients."""
        shown = subprocess.run(
            [*self.benchmark, "-s", str(self.socket), "-n", "100000", "-r", "100000",
             "-c", "16", "--csv", *command],
            check=True, capture_output=True, text=True).stdout.splitlines()[-1]
        return float(re.search(r'","([\d.]+)"', shown)[1])

    def script_of(self, build):
        """The words of one question, as they go to the server."""
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(self.socket))
            link.sendall(b"MONITOR\r\n")
            count(build, 100, 0.1, f"valkey:unix:{self.socket}")
            text = b""
            while not (found := re.search(rb'"EVALSHA" "(\w{40})"', text)):
                text += link.recv(65536)
        return ["EVALSHA", found[1].decode(), "1", "{saywhy}:__rand_int__", "0",
                "3600000", "1000000", "1"]

    def stop(self):
        process.end(self.process)


def servers(folder):
    """Name -> the words that run the server and its benchmark."""
    found = {}
    if shutil.which("redis-server"):
        found["Redis"] = ["redis-server"], ["redis-benchmark"]
    packed = valkey.archive()
    if packed:
        commands = valkey.unpack(packed, folder / "valkey")
        found["Valkey"] = [commands[name] for name in valkey.PROGRAMS]
    return found


def of_server(build, folder, quick, command, benchmark):
    server = Server(folder, command, benchmark)
    try:
        row = count(build, 100000, 1 if quick else 3, f"valkey:unix:{server.socket}")
        ours = server.script_of(build)
        bare = ["eval", "return redis.call('HINCRBY', KEYS[1], 'x', 1)", "1", "k:__rand_int__"]
        rates = [(server.rate(*ours), server.rate(*bare)) for _ in range(1 if quick else 3)]
        row["most"], row["bare"] = sorted(rates)[len(rates) // 2]
    finally:
        server.stop()
    return row


def refused(got):
    return got["codes"].get("450 4.7.0", 0)


def of_greylist(folder, build, quick, in_turn, saywhyd, nothing):
    """A pool that is known by SPF, with greylisting and without; and a botnet
    that never returns."""
    dns = liar.Liar(build, folder, DNS)
    messages = 5000 if quick else 10000
    pool = ["--clients", POOL, "--sender", "news@pool.example"]

    def filter_with(name, greylist, delay="1 s"):
        return saywhyd(name, folder, more=CONF.format(
            port=dns.port, greylist=greylist, delay=delay))

    grey, plain = filter_with("greylisting", "all"), filter_with("without greylisting", "off")
    bots = filter_with("greylisting, a botnet", "all", "1 h")
    first = grey.load("--messages", 1, *pool)
    assert refused(first) == 1, first
    time.sleep(1.5)
    second = grey.load("--messages", POOL, *pool)
    assert second["finished"] == POOL, second  # from whatever address
    idle = nothing("nothing, same steps", folder, second["negotiated"])

    def measure(f):
        got = f.load("--messages", messages,
                     *(["--clients", BOTNET] if f is bots else pool))
        assert got["finished"] == (0 if f is bots else messages), got
        assert refused(got) == (messages if f is bots else 0), got
        return {"per_second": got["per_second"], "cpu_us": got["filter_us"]}

    rows = in_turn([idle, plain, grey, bots], measure)
    for f in (grey, plain, bots, idle):
        f.stop()
    dns.stop()
    return rows


def measure(build, folder, quick, in_turn, saywhyd, nothing):
    figures = {
        "here": count(build, 1000000, 1 if quick else 3),
        "age": count(build, "age", 1000000 if quick else 10000000),
        "servers": {name: of_server(build, folder, quick, *words)
                    for name, words in servers(folder).items()},
        "greylist": of_greylist(folder, build, quick, in_turn, saywhyd, nothing),
    }
    return figures


def show(figures, show_table):
    here, age = figures["here"], figures["age"]
    print(f"\nCounting here, two threads, 1 million keys: {here['per_second']:.0f} "
          f"questions a second ({here['per_cpu_second']:.0f} a second of one "
          f"processor), {here['per_cpu_second'] / here['bare_per_cpu_second']:.2f} of a "
          f"loop that only makes the keys; p50 {here['p50_us']} us, p99 "
          f"{here['p99_us']} us")
    print(f"\n{age['keys']} keys get old at once and as many come: "
          f"{age['bytes_per_key']:.0f} bytes a key, {age['per_second']:.0f} a "
          f"second, longest {age['longest_us'] / 1000:.2f} ms ({age['longest_cpu_us'] / 1000:.2f} "
          f"ms of its processor), {age['over_5ms']} took over 5 ms of it")
    for name, row in figures["servers"].items():
        print(f"\nCounting in {name}, two threads: {row['per_second']:.0f} a second, p50 "
              f"{row['p50_us'] / 1000:.2f} ms, p99 {row['p99_us'] / 1000:.2f} ms, "
              f"{row['failures']} failures; by its own benchmark with 16 clients "
              f"{row['most']:.0f}, {row['most'] / row['bare']:.2f} of a script of one command")
    rows = figures["greylist"]
    show_table(f"Greylisting: a pool of {POOL} networks that SPF proves, and a botnet of "
               f"{BOTNET:,}", rows, "nothing, same steps")
    idle, plain, grey = (rows[n]["cpu_us"] for n in (
        "nothing, same steps", "without greylisting", "greylisting"))
    print(f"  greylisting costs {grey - plain:.1f} us of CPU, "
          f"{(grey - plain) / idle:.1%} of the filter that does nothing")
