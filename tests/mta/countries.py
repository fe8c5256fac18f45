"""countries - a small database in the MaxMind DB format 2.0, IPv4 alone"""


def _text(words):
    return bytes([2 << 5 | len(words)]) + words.encode()


def _map(pairs):
    return bytes([7 << 5 | len(pairs)]) + b"".join(_text(k) + v for k, v in pairs.items())


def _number(n, kind=5):
    """Kind 5 has 16 bits, 6 has 32; kinds from 8 on have a byte of their own."""
    return bytes([kind << 5 | 1, n])


def write(path, nets):
    """nets: the first byte of an address -> its country."""
    nodes, data, places = [[None, None]], b"", {}
    for first, code in nets.items():
        if code not in places:
            places[code] = len(data)
            data += _map({"country": _map({"iso_code": _text(code)})})
        at = 0
        for bit in range(7, 0, -1):
            side = first >> bit & 1
            if nodes[at][side] is None:
                nodes.append([None, None])
                nodes[at][side] = len(nodes) - 1
            at = nodes[at][side]
        nodes[at][first & 1] = code
    assert len(nodes) < 256
    tree = b"".join(
        (len(nodes) if side is None else side if isinstance(side, int)
         else len(nodes) + 16 + places[side]).to_bytes(3, "big")
        for node in nodes for side in node)
    metadata = _map({
        "node_count": _number(len(nodes), 6), "record_size": _number(24),
        "ip_version": _number(4), "database_type": _text("Test-Country"),
        "languages": b"\x00\x04", "binary_format_major_version": _number(2),
        "binary_format_minor_version": b"\xa0", "build_epoch": b"\x04\x02\x65\0\0\0",
        "description": _map({})})
    path.write_bytes(tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + metadata)
