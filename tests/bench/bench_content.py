"""bench_content - what looking into a message costs: rate, memory, attacks"""

import base64
import io
import random
import subprocess
import zipfile

WORDS = ("the of delivery please and meeting invoice on regards you attached we "
         "have order price account today is in for team").split()
SIZE = 20_000

HEADER = ("From: a@sender.example\r\nTo: u@rcpt.example\r\n"
          "Date: Fri, 20 Nov 2026 10:00:00 +0000\r\nSubject: hello\r\n"
          "MIME-Version: 1.0\r\n")


def _text(rng, size):
    lines, line = [], []
    while size > 0:
        line.append(rng.choice(WORDS))
        size -= len(line[-1]) + 1
        if sum(map(len, line)) > 55 or size <= 0:
            lines.append(" ".join(line))
            line = []
    return "\r\n".join(lines)


def mail(size, seed=1):
    """Two thirds of text, one of an attachment in base64."""
    rng = random.Random(seed)
    file = base64.encodebytes(
        b"\x89PNG\r\n\x1a\n" + rng.randbytes(size // 4)).decode()
    return (HEADER + 'Content-Type: multipart/mixed; boundary="=_b"\r\n\r\n'
            "--=_b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
            + _text(rng, size * 2 // 3) + "\r\n--=_b\r\n"
            'Content-Type: image/png; name="a.png"\r\n'
            "Content-Transfer-Encoding: base64\r\n\r\n"
            + file.replace("\n", "\r\n") + "--=_b--\r\n").encode()


def rules():
    first = ("cheap discount luxury replica casino lottery crypto miracle secret "
             "urgent").split()
    second = "(pills|meds)", "(watches|offer)", "(winner|bonus)s?"
    patterns = ", ".join(f"'/\\b{a}\\s+{b}\\b/i'" for a in first for b in second)
    return ("content {\n body \"b\" { pattern = {" + patterns + "} }\n"
            ' attachments "a" { deny = {"exe", "js", "scr", "vbs"} double = yes '
            'type = {"application/x-dosexec"} }\n}\n')


def rate(filters, in_turn, folder, messages):
    """Mails of 20 KB, 30 patterns and rules for attachments."""
    path = folder / "mail-20k"
    path.write_bytes(mail(SIZE))

    def measure(f):
        got = f.load("--messages", messages, "--file", path)
        assert got["finished"] == messages and not got["errors"], got
        return {"per_second": got["per_second"], "cpu_us": got["filter_us"]}

    return in_turn(filters, measure)


def _peak_kib(f):
    for line in open(f"/proc/{f.process.pid}/status"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1])


def _zip_bomb():
    """4 GB of zeroes in some MB, in a zip within a zip."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as packed:
        with packed.open("zero.zip", "w", force_zip64=True) as file:
            for _ in range(4096):
                file.write(bytes(1 << 20))
    return inner.getvalue()


def _attached(raw, name):
    return (HEADER + f"Content-Type: application/zip; name={name}\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\n").encode() + \
        base64.encodebytes(raw).replace(b"\n", b"\r\n")


def _nested(levels):
    return (HEADER + "Content-Type: multipart/mixed; boundary=b0\r\n\r\n" + "".join(
        f"--b{i}\r\nContent-Type: multipart/mixed; boundary=b{i + 1}\r\n\r\n"
        for i in range(levels))).encode() + b"x\r\n" * 300_000


def _multipart(body):
    return (HEADER + "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
            ).encode() + body


def attacks(quick):
    megabyte = 5 if quick else 50
    yield "100 nested levels", _nested(100)
    yield "500,000 parts", _multipart(b"--b\r\n\r\nx\r\n" * 500_000)
    yield "lines that look like boundaries", _multipart(
        b"--b\r\n\r\n" + b"--c\r\n" * 800_000)
    yield f"a line of {megabyte} MB", _multipart(
        b"--b\r\n\r\n" + b"x" * (megabyte << 20) + b"\r\n")
    yield f"a header line of {megabyte} MB", _multipart(
        b"--b\r\nX: " + b"x" * (megabyte << 20) + b"\r\n\r\n")
    yield "a NUL in names", _multipart(
        b"--b\r\nContent-Type: a/b; name=\"a.exe\0.txt\"\r\n\r\nx\r\n" * 800)
    yield "800 parts in ISO-2022-JP", _multipart(
        b"--b\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n"
        b"\x1b$B$\"$\"\x1b(Bx\r\n" * 800)
    yield "a zip bomb of 4 GB", _attached(_zip_bomb(), "bomb.zip")


def hostile(start, folder, quick):
    """CPU for each MB of input, and memory beyond what a first mail took."""
    figures = {}
    path = folder / "hostile"
    for name, message in attacks(quick):
        f = start("hostile", folder, more=rules())
        path.write_bytes(mail(SIZE))
        f.load("--messages", 20, "--sessions", 1, "--file", path)
        path.write_bytes(message)
        before, cpu = _peak_kib(f), f.cpu()
        got = f.load("--messages", 1, "--sessions", 1, "--file", path)
        assert got["messages"] == 1 and not got["errors"], got
        megabytes = len(message) / (1 << 20)
        figures[name] = {
            "megabytes": megabytes,
            "ms_per_mb": (f.cpu() - cpu) * 1000 / megabytes,
            "more_kib": _peak_kib(f) - before,
        }
        f.stop()
    path.unlink()
    return figures


def large(start, folder, size_mb, scanner=""):
    """Memory that one large message takes."""
    path = folder / "large"
    f = start("large", folder, more=rules() + scanner)
    path.write_bytes(mail(SIZE))
    f.load("--messages", 20, "--sessions", 1, "--file", path)
    before = _peak_kib(f)
    path.write_bytes(mail(size_mb << 20))
    got = f.load("--messages", 1, "--sessions", 1, "--file", path)
    assert got["messages"] == 1 and not got["errors"], got
    more = _peak_kib(f) - before
    f.stop()
    path.unlink()
    return more


def patterns(build, quick):
    """The rows of tests/bench/patterns.c, as it prints them."""
    return subprocess.run([build / "patterns", "10" if quick else "100"],
                          check=True, capture_output=True, text=True).stdout


def show(figures):
    print("\nTexts against patterns that are not in them, MB/s\n")
    print(figures["patterns"], end="")
    print(f"\nA message of {figures['large_mb']} MB takes "
          f"{figures['large_kib']} KiB of memory")
    print("\nHostile messages\n")
    for name, row in figures["hostile"].items():
        print(f"  {name:34}{row['megabytes']:7.1f} MB "
              f"{row['ms_per_mb']:8.1f} ms/MB {row['more_kib']:8} KiB")
