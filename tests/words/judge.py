#!/usr/bin/env python3
"""judge.py [LIST.tsv]: would a learned model see more than the phrases?

Trains a linear model (averaged perceptron over words, pairs of words, code and
status) on all issuers but those of one fold of eight, and asks it about those.
Prints how often it is right, by origin. The same each time, on any machine.
What came of it stands in tests/data/README.md.
"""
import collections
import os
import random
import re
import sys
import zlib

FOLDS = 8
ROUNDS = 8
MARGIN = 2
TOKEN = re.compile(r"https?://\S+|\S+@\S+|\[?\d+\.\d+\.\d+\.\d+\]?|"
                   r"[245]\.\d{1,3}\.\d{1,3}|[a-z]+|\d+")


def word(token):
    if token.startswith("http"):
        return "URL"
    if "@" in token:
        return "ADDR"
    if token[0] in "[0123456789":
        return "NUM" if token.isdigit() else "IP"
    return token


def features(reply):
    text = reply.replace("\\r\\n", " ").lower()
    found = []
    code = re.match(r"[45]\d\d", text)
    if code:
        found += ["c" + code.group(), "k" + code.group()[0]]
    status = re.search(r"\b[45](\.\d{1,3}\.\d{1,3})\b", text)
    if status:
        found += ["s" + status.group(), "x" + status.group(1)]
    words = [word(t) for t in TOKEN.findall(text)
             if not re.match(r"[245]\.\d", t)]
    found += words + [a + "_" + b for a, b in zip(words, words[1:])]
    return list(dict.fromkeys(found))


def score(weights, found):
    sums = collections.Counter()
    for f in found:
        for reason, value in weights.get(f, {}).items():
            sums[reason] += value
    return sums


def best(sums, allowed):
    return max(sorted(r for r in sums if allowed(r)), key=sums.get,
               default=None)


def train(examples, weigh):
    weights, total = {}, {}
    order, step = list(examples), 0
    shuffle = random.Random(1)
    for _ in range(ROUNDS):
        shuffle.shuffle(order)
        for found, right, origin in order:
            step += 1
            sums = score(weights, found)
            wrong = best(sums, lambda r: r not in right)
            good = max(right, key=lambda r: sums[r])
            if wrong and sums[good] - sums[wrong] >= MARGIN:
                continue
            for reason, sign in ((good, 1), (wrong, -1)):
                if reason is None:
                    continue
                for f in found:
                    change = sign * weigh[origin]
                    for table, by in ((weights, 1), (total, step)):
                        row = table.setdefault(f, {})
                        row[reason] = row.get(reason, 0) + change * by
    return {f: {r: v - total[f][r] / step for r, v in row.items()}
            for f, row in weights.items()}


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(
        os.path.dirname(__file__), "..", "data", "replies.tsv")
    with open(path, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f][1:]
    data = [(zlib.crc32(issuer.encode()) % FOLDS,
             (features(reply), reasons.split(), origin))
            for reply, issuer, reasons, origin in rows]
    count = collections.Counter()
    for fold in range(FOLDS):
        weights = train([e for k, e in data if k != fold],
                        {"real": 2, "written": 1})
        for _, (found, right, origin) in (d for d in data if d[0] == fold):
            sums = score(weights, found)
            count[origin] += 1
            count[origin + " right"] += best(sums, lambda r: True) in right
    for origin in ("real", "written"):
        print(f"{origin}: {count[origin]} replies of issuers left out, "
              f"{100 * count[origin + ' right'] / count[origin]:.1f} % right")


if __name__ == "__main__":
    main()
