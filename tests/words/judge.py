#!/usr/bin/env python3
"""judge.py: makes milter/words/judge_weights.def, and measures it.

  judge.py FEATURES                 the weights, from tests/data
  judge.py FEATURES --left-out N    the issuers in N groups: each group is
                                    recognised with weights that were made
                                    without it; a table by issuer

FEATURES is the program judge-features. The model is a multinomial logistic
regression, trained one reply at a time (AdaGrad); a real reply counts twice as
much as one that was written here, and an MTA's own sentences count more. Only
sums, products and divisions in a fixed order: the same bytes on any machine.
Needs numpy (Debian: python3-numpy).

What leaving out cannot show: phrases were written with all lists at hand.
unheard.tsv holds replies after which no phrase was written; they are in no
training, and come last in the table.
"""
import collections
import os
import re
import subprocess
import sys
import zlib

import numpy

import reply_table

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "data")
WORDS = os.path.join(HERE, "..", "..", "milter", "words")
WEIGHT = {"real": 1.0, "written": 0.5}
ROUNDS = 14
LEFT_OUT = 51       # of 256 features of a reply, that a round does without
RATE = 0.3
UNIT = 16           # points for 1 of the logarithm of a chance
LEAST = 6           # points below which a weight is left out …
LEAST_AGAINST = 9   # … or, where it speaks against a reason, of more
CLEAR = 30          # more than recognise_judge.c asks of a usual sentence
FEATURE_LEAST = 4        # replies in which a feature must be
SUM_MAX = 20000     # of a reason's points, however they come together


def read(name):
    with open(os.path.join(DATA, name), encoding="utf-8") as f:
        next(f)
        return [line.rstrip("\n").split("\t") for line in f]


def rows():
    """Reply, issuer, reasons, weight; each reply once."""
    known = set(re.findall(r'^REASON\(\w+,\s*"([a-z0-9-]+)"',
                           open(os.path.join(WORDS, "reasons.def"),
                                encoding="utf-8").read(), re.M))
    known.add("unrecognised")
    all_rows = [(r, i, why, WEIGHT[o]) for r, i, why, o in read("replies.tsv")]
    all_rows += [(r, "registry", why, 1.0) for r, why in
                 read("registered.tsv")]
    all_rows += [(r, "kind " + k, why.replace("nothing", "unrecognised"), 1.0)
                 for k, why, r in read("kinds.tsv")
                 if not why.startswith("not ")]
    for server in ("postfix-3.7", "sendmail-8.17"):
        for row in read(f"../mta/replies/{server}.tsv"):
            all_rows += [(r, server, row[2], 3.0) for r in row[3:5]
                         if r != "-"]
    found = {}
    for reply, issuer, why, weight in all_rows:
        labels = [w for w in why.split() if w in known]
        if "unrecognised" in labels:
            labels = ["unrecognised"]   # what cannot be known is not learned
        if labels:
            found.setdefault(reply, (reply, issuer, labels, weight))
    return list(found.values())


def features_of(program, replies):
    """The features of each reply, and the number of all its words."""
    said = subprocess.run([program], input="\n".join(replies) + "\n",
                          stdout=subprocess.PIPE, encoding="utf-8",
                          check=True).stdout.splitlines()
    assert len(said) == len(replies)
    features, sentences = [], []
    for line in said:
        *numbers, sentence = line.split()
        sentences.append(int(sentence[1:]))
        features.append(list(dict.fromkeys(map(int, numbers))))
    return features, sentences


def exp(x):
    """e to the x, for x of at most 0: the same on any processor."""
    y = 1 + numpy.maximum(x, -60) / 4096
    for _ in range(12):
        y = y * y
    return y


class Order:
    """A shuffle that no version of Python changes."""

    def __init__(self):
        self.state = 1

    def shuffle(self, items):
        for i in range(len(items) - 1, 0, -1):
            self.state = (self.state * 6364136223846793005 +
                          1442695040888963407) % 2**64
            j = (self.state >> 33) % (i + 1)
            items[i], items[j] = items[j], items[i]


def some(features, turn):
    """Most of them, others each time: none is relied on alone."""
    number = (features + 1) * 2654435761 + turn * 2246822519
    number = (number ^ number >> 15) * 2654435761 % 2**32
    number = (number ^ number >> 13) * 2246822519 % 2**32
    return features[number >> 24 >= LEFT_OUT]


def train(examples, nreasons):
    """examples: (features, labels, weight); rows of weights by feature."""
    count = collections.Counter(f for e in examples for f in e[0])
    place = {f: i for i, f in
             enumerate(sorted(f for f, n in count.items() if n >= FEATURE_LEAST))}
    weights = numpy.zeros((len(place) + 1, nreasons))
    squares = numpy.full((len(place) + 1, nreasons), 0.1)
    data = [(numpy.array([place[f] for f in e[0] if f in place] +
                         [len(place)], dtype=int), e[1], e[2])
            for e in examples]
    order = list(range(len(data)))
    shuffle = Order()
    for done in range(ROUNDS):
        shuffle.shuffle(order)
        for turn, i in enumerate(order):
            features, labels, weight = data[i]
            features = some(features, done * len(order) + turn)
            score = weights[features].sum(0)
            chance = exp(score - score.max())
            chance /= chance.sum()
            step = chance.copy()
            step[labels] -= chance[labels] / chance[labels].sum()
            step *= weight
            squares[features] += step * step
            weights[features] -= RATE * step / numpy.sqrt(squares[features])
    return place, weights


def known(examples, rows_of, nothing):
    """What is meant whenever a real reply has just these words: for now (1),
    for good (2); where only one of them is known, the other is the same.
    Where once nothing could be known, that is an answer, too."""
    found = {}
    for (_, labels, weight, sentence), row in zip(examples, rows_of):
        if weight >= 1:
            classes = found.setdefault(sentence, {})
            of = classes.setdefault(1 if row[0].startswith("4") else 2,
                                    [None, set()])
            if labels == [nothing]:
                of[1].add(nothing)
            else:
                of[0] = set(labels) if of[0] is None else of[0] & set(labels)
    found = {s: {c: (sure or set()) | none for c, (sure, none) in of.items()}
             for s, of in found.items()}
    known = [(s, sum(c for c in (1, 2) if r in of.get(c, of.get(3 - c))), r)
            for s, of in found.items() for r in set().union(*of.values())]
    return sorted(row for row in known if row[1] > 0)


def in_points(weights):
    points = numpy.clip(numpy.floor(weights * UNIT + 0.5), -127,
                        127).astype(int)
    kept = points[:-1]
    kept[(kept < LEAST) & (kept > -LEAST_AGAINST)] = 0
    return points


def unclear(sentences, examples, place, points, reasons):
    """Those that the weights alone do not tell by far: only they need to be
    known. A mere "refused" is never clear (recognise_judge.c)."""
    clear = {}
    for features, _, _, sentence in examples:
        score = points[[place[f] for f in features if f in place] +
                       [len(place)]].sum(0)
        first, second = numpy.argsort(-score, kind="stable")[:2]
        by_far = score[first] - score[second] >= CLEAR
        clear.setdefault(sentence, set()).add(first if by_far else None)
    never = {reasons.index("unrecognised"), reasons.index("policy-reject")}
    return [row for row in sentences
            if row[2] in never or clear[row[0]] != {row[2]}]


def write(out, place, weights, reasons, sentences, examples):
    points = in_points(weights)
    assert abs(points).sum(0).max() <= SUM_MAX
    sentences = unclear(sentences, examples, place, points, reasons)
    print("/* judge_weights.def - made by tests/words/judge.py: "
          "make judge-weights */", file=out)
    for reason, start in zip(reasons, points[-1]):
        print(f"JUDGES({reason.upper().replace('-', '_')}, {start})", file=out)
    for feature, i in sorted(place.items()):
        kept = [f",{r},{p}" for r, p in enumerate(points[i]) if p != 0]
        if kept:
            print(f"W({feature},{len(kept)}{''.join(kept)})", file=out)
    for sentence, classes, reason in sentences:
        print(f"S({sentence},{classes},{reason})", file=out)


def examples_of(all_rows, features, sentences, reasons):
    index = {reason: i for i, reason in enumerate(reasons)}
    return [(f, [index[w] for w in row[2]], row[3], s)
            for row, f, s in zip(all_rows, features, sentences)]


def table(said):
    """The table by issuer left out, then the list of unheard replies."""
    origin = {r[0]: r[3] for r in read("replies.tsv")}
    rows_said = [([r[0], r[1], " ".join(r[2]), origin[r[0]]], r[4:])
                 for r in said if r[0] in origin]
    reply_table.show_all(rows_said)
    unheard = read("unheard.tsv")
    print("\nunheard.tsv, with all weights")
    reply_table.show_all(list(zip(unheard, reply_table.classify(
        "./saywhy", [r[0] for r in unheard]))))


def group(row, n):
    """Replies of hosts without a name are kin where their words are."""
    who = row[1]
    if who.startswith(("unnamed", "kind")):
        who = " ".join(re.findall(r"[a-z]+", row[0].lower()))
    return zlib.crc32(who.encode()) % n


def main():
    all_rows = rows()
    features, sentences = features_of(sys.argv[1], [r[0] for r in all_rows])
    reasons = sorted({w for r in all_rows for w in r[2]})
    examples = examples_of(all_rows, features, sentences, reasons)
    if len(sys.argv) < 3:
        write(sys.stdout, *train(examples, len(reasons)), reasons,
              known(examples, all_rows, reasons.index("unrecognised")),
              examples)
        return
    table(left_out(all_rows, examples, reasons, int(sys.argv[3])))


def left_out(all_rows, examples, reasons, n):
    """Each group is recognised with the weights that the others made."""
    said = []
    os.makedirs("obj/left-out", exist_ok=True)
    for k in range(n):
        kept = [(r, e) for r, e in zip(all_rows, examples) if group(r, n) != k]
        others = [e for _, e in kept]
        path = os.path.abspath(f"obj/left-out/{k}.def")
        with open(path, "w", encoding="ascii") as f:
            write(f, *train(others, len(reasons)), reasons,
                  known(others, [r for r, _ in kept],
                        reasons.index("unrecognised")), others)
        subprocess.run(["make", "-s", "judge-try", "WEIGHTS=" + path],
                       check=True)
        own = [r for r in all_rows if group(r, n) == k]
        out = subprocess.run([path + ".try"], stdout=subprocess.PIPE,
                             input="".join(r[0] + "\n" for r in own),
                             encoding="utf-8", check=True).stdout
        said += [(*r, *line.split("\t"))
                 for r, line in zip(own, out.splitlines())]
    return said


if __name__ == "__main__":
    main()
