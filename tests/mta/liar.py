"""liar - tests/fakes/dns_liar.c as a DNS server of one test

What it tells beside the records it is given is written in dns_liar.h.
"""

import subprocess

import process


class Liar:
    """lines: "NAME TYPE VALUE"; options: of dns-liar (-M, -H, -d MS, -p PORT)."""

    def __init__(self, build, folder, lines=(), *options):
        records = folder / "dns.txt"
        records.write_text("".join(line + "\n" for line in lines), encoding="latin-1")
        self.process = subprocess.Popen(
            [build / "dns-liar", *options, records], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    @property
    def conf(self):
        return f'dns {{ servers = {{"127.0.0.1:{self.port}"}} }}\n'

    def stop(self):
        process.end(self.process)
        self.process.stdout.close()


def lines_of(statements):
    """What the DNS lines of a scenario tell."""
    return [s.rest for s in statements if s.verb == "DNS"]
