"""minisig - keys and signatures in the published format of minisign

https://jedisct1.github.io/minisign/: Ed25519 by the openssl command, BLAKE2b by
hashlib, so that what saywhy makes of it is compared with something else.
"""

import base64
import hashlib
import os
import pathlib
import subprocess
import tempfile
import time


def openssl(*words, stdin=b""):
    return subprocess.run(["openssl", *words], input=stdin, check=True,
                          capture_output=True).stdout


class Key:
    def __init__(self, folder, name="key"):
        self.pem = pathlib.Path(folder) / f"{name}.pem"
        openssl("genpkey", "-algorithm", "ed25519", "-out", self.pem)
        # RFC 8410: the keys are the last 32 bytes of either form.
        self.seed = openssl("pkey", "-in", self.pem, "-outform", "DER")[-32:]
        self.public_bytes = openssl("pkey", "-in", self.pem, "-pubout",
                                    "-outform", "DER")[-32:]
        self.number = os.urandom(8)
        self.public = base64.b64encode(
            b"Ed" + self.number + self.public_bytes).decode()
        self.secret = pathlib.Path(folder) / f"{name}.sec"
        self.secret.write_text(self.secret_text(b"\0\0"))

    def secret_text(self, lock):
        pair = self.number + self.seed + self.public_bytes
        checksum = hashlib.blake2b(b"Ed" + pair, digest_size=32).digest()
        return "untrusted comment: a secret key\n" + base64.b64encode(
            b"Ed" + lock + b"B2" + bytes(48) + pair + checksum).decode() + "\n"

    def raw(self, message):
        with tempfile.NamedTemporaryFile() as f:
            f.write(message)
            f.flush()
            return openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.pem,
                           "-in", f.name)

    def sign(self, data, file, made=None, hashed=True, comment=None):
        """The text of FILE.minisig."""
        what = hashlib.blake2b(data).digest() if hashed else data
        signature = self.raw(what)
        if comment is None:
            comment = f"timestamp:{int(made or time.time())}\tfile:{file}" + (
                "\thashed" if hashed else "")
        both = self.raw(signature + comment.encode())
        return (f"untrusted comment: signature\n" + base64.b64encode(
            (b"ED" if hashed else b"Ed") + self.number + signature).decode() +
            f"\ntrusted comment: {comment}\n" + base64.b64encode(both).decode() +
            "\n").encode()
