"""Our SPF results beside those of python3-spf, on records made by chance.

    differ.py SPF-ASK [COUNT]

Every disagreement must be one of those that EXPLAINED tells, by RFC section.
SEED in the environment begins elsewhere.
"""

import collections
import os
import random
import subprocess
import sys

import spf

NAMES = ["a.test", "b.test", "c.test", "d.test", "mx.a.test", "x.example.com",
         "gone.test", "dead.test", "loop.test"]
CLIENTS = ["192.0.2.1", "192.0.2.77", "198.51.100.9", "203.0.113.5",
           "2001:db8::1", "2001:db8:1::77"]
MACROS = ["%{d}", "%{o2}", "%{l}.%{d}", "%{ir}.%{v}.a.test", "%{h}", "%{d1r}.test",
          "%{l-}.b.test", "%{s}", "%{p}.a.test", "%%{d}", "%{d3}x.test", "%{x}", "%{d0}",
          "%{D}", "%{lr-}.c.test", "%_a.test"]
WRONG = ["bogus", "ip4:192.0.2.300", "ip4:192.0.2.1/33", "a:", "include:", "a/099", "=x",
         "all:a.test", "ip6:::g", "mx//129", "exists", "ip4", "+", "-", "ptr/24", "a:.test",
         "a:b..test", "redirect=", "exp=", "A:B.TEST", "MX", "IP4:192.0.2.1", "a:1.2", "v=spf1"]


class Zone:
    def __init__(self, rng):
        self.records = collections.defaultdict(list)
        for name in NAMES[:7]:
            if rng.random() < 0.6:
                self.add(name, "A", rng.choice(CLIENTS[:4]))
            if rng.random() < 0.4:
                self.add(name, "AAAA", rng.choice(CLIENTS[4:]))
            if rng.random() < 0.4:
                for _ in range(rng.choice((1, 1, 2, 11))):
                    self.add(name, "MX", (10, rng.choice(NAMES[:7])))
        self.add("loop.test", "CNAME", "b.test")
        for client in CLIENTS:
            if rng.random() < 0.4:
                self.add(reverse(client), "PTR", rng.choice(NAMES[:6]))

    def add(self, name, kind, value):
        if value not in self.records[name, kind]:
            self.records[name, kind].append(value)

    def lookup(self, name, qtype, strict=True, timeout=None):
        name = name.lower().rstrip(".")
        if name == "dead.test":
            raise spf.TempError("DNS timeout")
        cname = self.records.get((name, "CNAME"))
        if cname:
            yield (name, "CNAME"), cname[0]
            return
        for value in self.records.get((name, qtype), ()):
            yield (name, qtype), (value.encode("latin-1"),) if qtype == "TXT" else value

    def lines(self):
        for (name, kind), values in self.records.items():
            for value in values:
                if kind == "MX":
                    value = "%d %s" % value
                value = "".join(c if 32 <= ord(c) < 127 and c != "\\" else "\\x%02x" % ord(c)
                                for c in value)
                yield f"DNS\t{name}\t{kind}\t{value}"
        yield "DNS\tdead.test\tANY\tTROUBLE"


def reverse(address):
    if ":" not in address:
        return ".".join(reversed(address.split("."))) + ".in-addr.arpa"
    import ipaddress
    return ipaddress.ip_address(address).reverse_pointer


def domain(rng):
    return rng.choice(NAMES) if rng.random() < 0.85 else rng.choice(MACROS)


def cidr(rng):
    return rng.choice(("", "", "", "/24", "/32", "/0", "//64", "/24//48", "/16//0"))


def term(rng):
    kind = rng.randrange(12)
    mark = rng.choice(("", "", "+", "-", "~", "?"))
    if kind < 2:
        text = "ip4:" + rng.choice(("192.0.2.0/24", "198.51.100.9", "203.0.113.0/25", "0.0.0.0/0"))
    elif kind < 3:
        text = "ip6:" + rng.choice(("2001:db8::/32", "2001:db8::1", "::/0", "::ffff:192.0.2.1"))
    elif kind < 5:
        text = "a" + (":" + domain(rng) if rng.random() < 0.7 else "") + cidr(rng)
    elif kind < 6:
        text = "mx" + (":" + domain(rng) if rng.random() < 0.7 else "") + cidr(rng)
    elif kind < 7:
        text = "ptr" + (":" + domain(rng) if rng.random() < 0.5 else "")
    elif kind < 8:
        text = "exists:" + domain(rng)
    elif kind < 10:
        text = "include:" + domain(rng)
    elif kind < 11:
        return rng.choice(("redirect=" + domain(rng), "exp=" + domain(rng), "x-y.z=" + rng.choice(MACROS)))
    else:
        return rng.choice(WRONG) if rng.random() < 0.3 else mark + "all"
    return mark + text


def record(rng):
    terms = [term(rng) for _ in range(rng.randrange(6))]
    if rng.random() < 0.7:
        terms.append(rng.choice(("-all", "~all", "?all", "+all")))
    return " ".join(["v=spf1"] + terms)


# How python3-spf differs on purpose or by mistake: a test of (record set,
# ours, theirs, our words) and the section that is on our side.
EXPLAINED = collections.OrderedDict()


def explain(section):
    def keep(function):
        EXPLAINED[section] = function
        return function
    return keep


@explain("4.6.4: a void lookup is one question; python3-spf counts each link of an alias")
def _void(case):
    return "names without an answer" in case.words or "Void" in case.why


@explain("4.6.4: limits count in the order of the terms; python3-spf stops at the first")
def _limits(case):
    return "10 DNS lookups" in case.words or "DNS lookups" in case.why or "MX records" in case.words \
        or "MX records" in case.why


@explain("6: only redirect= and exp= are limited to once")
def _modifiers(case):
    return "MUST appear at most once: x-y" in case.why


@explain("12: the grammar of domain-spec (toplabel), macro-string and modifiers")
def _syntax(case):
    return "syntax error" in case.words or "nvalid" in case.why or "nknown" in case.why


@explain("5.2 and 4.6: a term that is not reached decides nothing; python3-spf looks ahead")
def _recursion(case):
    return "trivial recursion" in case.why


Case = collections.namedtuple("Case", "text ours theirs words why")


def theirs(zone, client, helo, sender):
    spf.DNSLookup = zone.lookup
    q = spf.query(i=client, s=sender, h=helo, strict=True)
    try:
        result, code, why = q.check()
    except Exception as e:
        return "crash", repr(e)
    return result, why


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100000
    rng = random.Random(int(os.environ.get("SEED", "1")))
    data, cases = [], []
    for _ in range(count):
        if not cases or rng.random() < 0.2:
            zone = Zone(rng)
            for name in NAMES[:4] + ["x.example.com"]:
                if rng.random() < 0.9:
                    zone.add(name, "TXT", record(rng))
                if rng.random() < 0.03:
                    zone.add(name, "TXT", record(rng))
            data.append("FORGET")
            data += zone.lines()
        client, name = rng.choice(CLIENTS), rng.choice(NAMES[:4])
        data.append(f"ASK\t{client}\thelo.test\tann+x\t{name}\tr.test")
        cases.append((zone, client, name))
    out = subprocess.run([sys.argv[1]], input="\n".join(data) + "\n", stdout=subprocess.PIPE,
                         encoding="latin-1", check=True).stdout
    got = [line.split("\t") for line in out.splitlines()]
    assert len(got) == len(cases), (len(got), len(cases))
    agree, explained, bad = 0, collections.Counter(), 0
    for (zone, client, name), line in zip(cases, got):
        result, why = theirs(zone, client, "helo.test", "ann+x@" + name)
        if line[0] == result:
            agree += 1
            continue
        text = " ".join(" ".join(v) for (n, k), v in zone.records.items() if k == "TXT")
        case = Case(text, line[0], result, line[4], why)
        for section, test in EXPLAINED.items():
            if test(case):
                explained[section, line[0], result] += 1
                if os.environ.get("SHOW") == section[:5] and line[0] == os.environ.get("OURS", line[0]):
                    print(client, name, line, "|", result, why)
                    print("   ", *zone.lines(), sep="\n    ")
                break
        else:
            bad += 1
            if bad < 15:
                print(client, name, line, "|", result, why)
                if bad < 4:
                    print("   ", [l for l in zone.lines()])
    for (section, ours, other), n in explained.most_common():
        print(f"{n:7} {ours} here, {other} there: {section}")
    print(f"{len(cases)} asked, {agree} agree, {sum(explained.values())} explained, {bad} not")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
