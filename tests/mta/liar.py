"""liar - a DNS server that is slow, dead, hijacked or wrong, by the zone

tests/fakes/dns_liar.h tells its words; a scenario's DNS lines are words of it.
"""

import subprocess

import process


class Liar:
    def __init__(self, build, folder, words, port=0):
        (folder / "liar.words").write_text(words)
        self.process = subprocess.Popen(
            [build / "dns-liar", "-p", str(port), folder / "liar.words"],
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    @property
    def conf(self):
        return f'dns {{ servers = {{"127.0.0.1:{self.port}"}} }}\n'

    def stop(self):
        process.end(self.process)
        self.process.stdout.close()
