"""far - the other side of our own mail: its DNS, and its mail servers

All of it in one process, so that one run of Postfix's smtp client meets every
server at once: each domain has an address of its own, and by that address the
server knows which story it plays. DNS marks what it says as validated, which
is what DANE (RFC 7672) needs; only where the names end in INSECURE it does not.
"""

import hashlib
import selectors
import socket
import ssl
import struct
import subprocess
import threading

DNS_ADDRESS = "127.0.0.2"
A, NS, MX, TXT, AAAA, TLSA = 1, 2, 15, 16, 28, 52
NOERROR, SERVFAIL, NXDOMAIN = 0, 2, 3


def _name(text):
    labels = [label.encode() for label in text.strip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _data(kind, value):
    if kind == A:
        return socket.inet_aton(value)
    if kind == MX:
        return struct.pack("!H", 10 if value != "." else 0) + _name(value)
    return bytes.fromhex(value)


class Dns:
    """records: (name, type) → values; servfail: names, of every type or of one."""

    def __init__(self, address=DNS_ADDRESS):
        self.records, self.servfail, self.insecure = {}, set(), ()
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((address, 53))
        threading.Thread(target=self.serve, daemon=True).start()

    def add(self, name, kind, value):
        self.records.setdefault((name, kind), []).append(value)

    def serve(self):
        while True:
            try:
                query, peer = self.sock.recvfrom(4096)
            except OSError:
                return
            if len(query) > 12:
                self.sock.sendto(self.answer(query), peer)

    def answer(self, query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1").lower())
            at += 1 + query[at]
        kind = struct.unpack("!H", query[at + 1:at + 3])[0]
        name, question = ".".join(labels), query[12:at + 5]
        found = self.records.get((name, kind), [])
        known = {known for known, _ in self.records}
        code = NOERROR
        if name in self.servfail or (name, kind) in self.servfail:
            found, code = [], SERVFAIL
        elif name not in known and not any(k.endswith("." + name) for k in known):
            code = NXDOMAIN
        flags = 0x8180 | code
        if not name.endswith(tuple(self.insecure) or "-"):
            flags |= 0x20  # AD
        head = query[:2] + struct.pack("!5H", flags, 1, len(found), 0, 0)
        rows = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data
                        for data in (_data(kind, value) for value in found))
        return head + question + rows

    def stop(self):
        self.sock.close()


class Certificates:
    """One authority, and what servers show: in date or not, of which name."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.ca = folder / "ca.pem"
        self._run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                  "-nodes", "-days", "30", "-subj", "/CN=Test authority",
                  "-keyout", folder / "ca.key", "-out", self.ca)
        self.ca.chmod(0o644)

    @staticmethod
    def _run(*words):
        subprocess.run(["openssl", *map(str, words)], check=True,
                       stderr=subprocess.DEVNULL)

    def make(self, host, signed=True, days=20):
        """Key and certificate of that name in one file; days -1: it is over."""
        base = self.folder / f"{host}-{signed}-{days}"
        pem = base.with_suffix(".both")
        if pem.exists():
            return pem
        key, crt, csr, ext = (base.with_suffix(s) for s in (".key", ".crt", ".csr", ".ext"))
        ext.write_text(f"subjectAltName=DNS:{host}\n")
        self._run("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                  "-nodes", "-subj", f"/CN={host}", "-keyout", key, "-out", csr)
        by = ["-CA", self.ca, "-CAkey", self.folder / "ca.key", "-CAcreateserial"] if signed \
            else ["-signkey", key]
        self._run("x509", "-req", "-in", csr, *by, "-days", days, "-extfile", ext, "-out", crt)
        pem.write_bytes(key.read_bytes() + crt.read_bytes())
        return pem

    def tlsa(self, pem):
        """3 1 1: the key's SHA-256."""
        spki = subprocess.run(
            f"openssl x509 -in {pem} -noout -pubkey | openssl pkey -pubin -outform DER",
            shell=True, check=True, capture_output=True).stdout
        return "030101" + hashlib.sha256(spki).hexdigest()

    def fingerprint(self, pem):
        shown = subprocess.run(["openssl", "x509", "-in", pem, "-noout", "-fingerprint", "-sha256"],
                               check=True, capture_output=True, text=True).stdout
        return shown.strip().rpartition("=")[2]


class Far:
    """One mail server: what it says at a command, and how it encrypts.

    says: command ("" is the greeting, "." the end of the message) → reply;
    the greeting None: it hangs up at once.
    pem: its key and certificate; tls "broken": it hangs up in the handshake.
    """

    def __init__(self, says=(), pem=None, tls=None):
        self.says, self.pem, self.tls = dict(says), pem, tls


class _Session:
    def __init__(self, peer, far):
        self.request, self.far, self.encrypted = peer, far, False

    def say(self, reply):
        self.request.sendall((reply.replace("\n", "\r\n") + "\r\n").encode())

    def run(self):
        try:
            self.talk()
        except OSError:
            pass
        self.request.close()

    def talk(self):
        greeting = self.far.says.get("", "220 far.example ESMTP")
        if greeting is None:
            return
        self.say(greeting)
        lines = self.request.makefile("rb")
        while line := lines.readline():
            verb = line.decode("latin-1").strip().split(":")[0].split(" ")[0].upper()
            if verb == "QUIT":
                return self.say("221 2.0.0 Bye")
            if verb == "STARTTLS" and "STARTTLS" not in self.far.says:
                lines = self.encrypt()
                continue
            if verb == "EHLO" and "EHLO" not in self.far.says:
                self.say(self.offers())
                continue
            self.say(self.far.says.get(verb) or ("354 Go ahead" if verb == "DATA" else "250 2.0.0 Ok"))
            if verb == "DATA" and "DATA" not in self.far.says:
                while (line := lines.readline()) and line.strip() != b".":
                    pass
                self.say(self.far.says.get(".", "250 2.0.0 Taken"))

    def offers(self):
        offered = ["far.example", "SIZE 20000000", "ENHANCEDSTATUSCODES"]
        if (self.far.tls or self.far.pem) and not self.encrypted:
            offered.insert(1, "STARTTLS")
        return "\n".join(f"250{' ' if i + 1 == len(offered) else '-'}{word}"
                         for i, word in enumerate(offered))

    def encrypt(self):
        self.say("220 2.0.0 Go ahead")
        if self.far.tls == "broken":
            raise OSError("hangs up")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.far.pem)
        self.request = context.wrap_socket(self.request, server_side=True)
        self.encrypted = True
        return self.request.makefile("rb")


class Servers:
    """played: address → Far; each listens at its port 25, nobody elsewhere."""

    def __init__(self, played):
        self.played, self.selector = played, selectors.DefaultSelector()
        for address in played:
            sock = socket.create_server((address, 25), backlog=10)
            self.selector.register(sock, selectors.EVENT_READ)
        self.ends = False
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while not self.ends:
            for key, _ in self.selector.select(0.2):
                peer, _ = key.fileobj.accept()
                far = self.played[peer.getsockname()[0]]
                threading.Thread(target=_Session(peer, far).run, daemon=True).start()

    def stop(self):
        self.ends = True
        self.thread.join()
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()
