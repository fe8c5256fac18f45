"""milter - a small raw filter that watches, answers and never minds

It speaks the milter protocol (version 6) without libmilter, asks for
SMFIP_RCPT_REJ, and keeps every refused recipient that the MTA shows. What it
answers at each step is the test's to say; the default is CONTINUE.
"""

import os
import socket
import struct
import threading

VERSION = 6
SMFIP_RCPT_REJ = 0x800

ACTIONS = 0x1FF
QUIET = "DAQ"  # macros, abort and quit get no answer


class Watcher:
    """Listens on a UNIX socket, a thread for each connection."""

    def __init__(self, path, answers=None):
        self.address = f"unix:{path}"
        self.answers = answers or {}  # command letter → raw answer packet
        self.refused = []  # {rcpt_addr}, {rcpt_host}, … of each refusal
        self.commands = []  # every command letter, in order
        path.unlink(missing_ok=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        os.chmod(path, 0o666)
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(
                target=self._serve, args=(connection,), daemon=True
            ).start()

    def _serve(self, connection):
        macros = {}
        with connection, connection.makefile("rwb") as stream:
            while True:
                head = stream.read(5)
                if len(head) < 5:
                    return
                size, letter = struct.unpack("!IB", head)
                body, letter = stream.read(size - 1), chr(letter)
                answer = self._answer(letter, body, macros)
                if letter in QUIET:
                    continue
                for packet in answer if isinstance(answer, list) else [answer]:
                    stream.write(struct.pack("!I", len(packet)) + packet)
                stream.flush()

    def _answer(self, letter, body, macros):
        self.commands.append(letter)
        if letter == "O":
            offered = struct.unpack("!III", body)[2]
            return b"O" + struct.pack(
                "!III", VERSION, ACTIONS, offered & SMFIP_RCPT_REJ
            )
        if letter == "D":
            words = body[1:].decode("latin-1").split("\0")
            macros.update(zip(words[::2], words[1::2]))
        if letter == "R" and macros.get("{rcpt_mailer}") == "error":
            self.refused.append(dict(macros))
            return b"c"
        return self.answers.get(letter, b"c")
