"""The official test suite of RFC 7208, when the file is at hand.

    suite.py SPF-ASK [FILE] [ENGINE]

Exit status 0: every case as the suite says; 77: no suite here.
"""

import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLACES = (os.environ.get("SAYWHY_SPF_SUITE", ""),
          os.path.join(TOP, "..", "shared", "data", "spf", "rfc7208-tests.yml"),
          "/usr/share/doc/python3-spf/tests/rfc7208-tests.yml")


def escape(text):
    raw = text if isinstance(text, bytes) else text.encode("utf-8")
    return "".join(chr(b) if 32 <= b < 127 and b != 92 else
                   "\\x5c000" if b == 0 else "\\x%02x" % b for b in raw)


def texts(value):
    return "".join(value) if isinstance(value, list) else value


def zone_lines(zone):
    """DNS lines of the zonedata of one scenario; TXT stands in for SPF."""
    for name, records in zone.items():
        has_txt = any(isinstance(r, dict) and "TXT" in r for r in records)
        dead = "TIMEOUT" in records
        for record in records:
            if record == "TIMEOUT":
                continue
            for kind, value in record.items():
                if kind == "SPF":
                    if has_txt:
                        continue
                    kind = "TXT"
                if kind == "TXT" and value == "NONE":
                    continue
                if kind == "MX":
                    value = "%d %s" % (value[0], value[1])
                yield "DNS\t%s\t%s\t%s" % (escape(name), kind,
                                           "TEMPFAIL" if value == "TIMEOUT"
                                           else escape(texts(value)))
        if dead:
            for kind in ("TXT", "A", "AAAA", "MX", "PTR"):
                yield "DNS\t%s\t%s\tTROUBLE" % (escape(name), kind)


def question(test):
    sender = test.get("mailfrom") or ""
    helo = test.get("helo") or ""
    if sender:
        local, _, domain = sender.rpartition("@")
    else:
        local, domain = "postmaster", helo
    return "ASK\t%s\t%s\t%s\t%s\t%s" % (test["host"], escape(helo),
                                        escape(local), escape(domain),
                                        "receiver.example.org")


def known_failures(engine):
    """Cases that this engine is known to get wrong, in ENGINE.known."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), engine + ".known")
    if not os.path.exists(path):
        return set()
    with open(path, encoding="ascii") as f:
        return {line.strip() for line in f if line.strip() and line[0] != "#"}


def main():
    import yaml
    ask = sys.argv[1]
    files = [a for a in sys.argv[2:3] if a] or [p for p in PLACES if os.path.exists(p)]
    engine = sys.argv[3:4] or ["saywhy"]
    if not files:
        print("the suite is not here")
        return 77
    with open(files[0], encoding="utf-8") as f:
        scenarios = list(yaml.safe_load_all(f))
    lines, expected = [], []
    for scenario in scenarios:
        default = scenario.get("default-explanation") or ""
        lines.append("FORGET")
        lines += zone_lines(scenario["zonedata"])
        for name, test in scenario["tests"].items():
            lines.append(question(test))
            results = test["result"]
            expected.append((name, results if isinstance(results, list)
                             else [results], test.get("explanation")))
    out = subprocess.run([ask] + engine, input="\n".join(lines) + "\n",
                         stdout=subprocess.PIPE, encoding="latin-1").stdout
    got = [line.split("\t") for line in out.splitlines()]
    known, seen = known_failures(engine[0]), set()
    bad = 0
    for (name, results, explanation), line in zip(expected, got):
        wrong = line[0] not in results
        if explanation is not None and line[0] == "fail":
            wrong |= line[1] != ("" if explanation == "DEFAULT"
                                 else explanation)
        if wrong and name in known:
            seen.add(name)
        elif wrong:
            bad += 1
            print("%s: %s, expected %s %r" % (name, line, results,
                                              explanation))
    for name in known - seen:
        print("%s: is right now" % name)
    print("%d of %d, %d known to be wrong" % (
        len(expected) - bad - len(seen), len(expected), len(seen)))
    return 0 if bad == 0 and len(got) == len(expected) else 1


if __name__ == "__main__":
    sys.exit(main())
