#!/usr/bin/env python3
"""reply_table.py SAYWHY [LIST.tsv]: how well replies are recognised.

Prints by issuer, by origin and in all: how many, how many of them right, and
for each confidence its share and how many of those are right. What is right
stands in tests/data/README.md. Ends with 1 where the promise is not kept:
sure right in 98 %, likely in 80 %, a guess in 50 %.
"""
import collections
import json
import os
import subprocess
import sys

LEVELS = ("sure", "likely", "guess")
PROMISED = {"sure": 98, "likely": 80, "guess": 50}


def read(path):
    with open(path, encoding="utf-8") as f:
        next(f)
        return [line.rstrip("\n").split("\t") for line in f]


def classify(saywhy, replies):
    said = subprocess.run([saywhy, "explain", "--lines", "--json"],
                          input="".join(r + "\n" for r in replies),
                          stdout=subprocess.PIPE, encoding="utf-8",
                          check=True).stdout.splitlines()
    assert len(said) == len(replies)
    return [(a["reason"] or "unrecognised", a["confidence"])
            for a in map(json.loads, said)]


def percent(part, whole):
    return f"{100 * part / whole:5.1f}" if whole else "    -"


def show(name, c):
    n = c["n"]
    columns = [f"{name[:28]:28} {n:5} {percent(c['right'], n)}"]
    for level in LEVELS:
        columns.append(f"{percent(c[level], n)} "
                       f"{percent(c[level + ' right'], c[level])}")
    print("  ".join(columns) + "  " + percent(c["unknown"], n))


def show_all(rows):
    """rows: one of a list, and the reason and confidence it was given.
    Returns the figures of all of them."""
    groups = collections.defaultdict(collections.Counter)
    for row, (reason, level) in rows:
        right = reason in row[2].split()
        for name in (row[1], "origin: " + row[3], "all"):
            groups[name]["n"] += 1
            groups[name]["right"] += right
            groups[name][level] += 1
            groups[name][level + " right"] += right
    print(f"{'issuer':28} {'n':>5} right   sure right  likely right   "
          "guess right  unknown")
    totals = [g for g in groups if g.startswith("origin: ")] + ["all"]
    for name in sorted(set(groups) - set(totals),
                       key=lambda g: (-groups[g]["n"], g)) + sorted(totals):
        show(name, groups[name])
    return groups["all"]


def main():
    data = os.path.join(os.path.dirname(__file__), "..", "data")
    rows = read(sys.argv[2] if len(sys.argv) > 2 else
                os.path.join(data, "replies.tsv"))
    c = show_all(list(zip(rows, classify(sys.argv[1], [r[0] for r in rows]))))
    return any(c[level] and 100 * c[level + " right"] < c[level] *
               PROMISED[level] for level in LEVELS)


if __name__ == "__main__":
    sys.exit(main())
