#!/usr/bin/env python3
"""smaller.py IN OUT - a PNG of a browser, as small as it gets without a loss
that one would see: 256 colours at most, the best of the filters."""

import collections
import struct
import sys
import zlib

BEFORE = b"\x89PNG\r\n\x1a\n"


def read(path):
    """Width, and the rows of pixels (r, g, b)."""
    with open(path, "rb") as f:
        data = f.read()
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack(">IIBB", body[:10])
            assert depth == 8 and colours in (2, 6) and body[12] == 0
            step = 3 if colours == 2 else 4
        elif kind == b"IDAT":
            packed += body
        at += 12 + size
    return width, rows(zlib.decompress(packed), width, height, step)


def rows(raw, width, height, step):
    """RFC 2083 section 6: each row was written by its neighbours."""
    line = width * step
    last, out = bytearray(line), []
    for y in range(height):
        kind = raw[y * (line + 1)]
        row = bytearray(raw[y * (line + 1) + 1:(y + 1) * (line + 1)])
        for i in range(line if kind else 0):
            a = row[i - step] if i >= step else 0
            b = last[i]
            c = last[i - step] if i >= step else 0
            row[i] = row[i] + (0, a, b, (a + b) // 2, paeth(a, b, c))[kind] & 255
        out.append([tuple(row[i:i + 3]) for i in range(0, line, step)])
        last = row
    return out


def paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def palette(pixels):
    """The 256 that are most frequent, and which of them each colour becomes."""
    counts = collections.Counter(colour for row in pixels for colour in row)
    chosen = [colour for colour, _ in counts.most_common(256)]
    place = {colour: i for i, colour in enumerate(chosen)}
    for colour in counts:
        if colour not in place:
            place[colour] = min(range(len(chosen)), key=lambda i: sum(
                (x - y) ** 2 for x, y in zip(chosen[i], colour)))
    return chosen, place


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(
        ">I", zlib.crc32(kind + body))


def main():
    width, pixels = read(sys.argv[1])
    chosen, place = palette(pixels)
    raw = b"".join(b"\0" + bytes(place[c] for c in row) for row in pixels)
    with open(sys.argv[2], "wb") as f:
        f.write(BEFORE + chunk(b"IHDR", struct.pack(
            ">IIBBBBB", width, len(pixels), 8, 3, 0, 0, 0)))
        f.write(chunk(b"PLTE", b"".join(bytes(c) for c in chosen)))
        f.write(chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b""))


main()
