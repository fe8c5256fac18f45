"""others - programs beside an MTA that refuse: policy servers, SMTP servers

Both answer from a table, so that one server plays every story: what is asked
about tells which answer is wanted.
"""

import re
import socketserver
import threading


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def _start(port, handler, **more):
    server = _Server(("127.0.0.1", port), handler)
    server.__dict__.update(more)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class _Policy(socketserver.StreamRequestHandler):
    def handle(self):
        asked = {}
        for line in self.rfile:
            name, _, value = line.decode(errors="replace").rstrip("\n").partition("=")
            if name:
                asked[name] = value
                continue
            action = self.server.actions.get(asked.get("recipient"), "DUNNO")
            if action is None:  # hangs up
                return
            self.wfile.write(f"action={action}\n\n".encode())
            self.wfile.flush()
            asked = {}


def policy_server(port, actions):
    """actions: recipient → action; None closes the connection."""
    return _start(port, _Policy, actions=actions)


class _Table(socketserver.StreamRequestHandler):
    """socketmap_table(5): a netstring "name key", another with what is found."""

    def size(self):
        """What stands before a colon; b"" where the client has gone."""
        size = b""
        while (one := self.rfile.read(1)) not in (b":", b""):
            size += one
        return size

    def handle(self):
        while (size := self.size()).isdigit():
            _, _, key = self.rfile.read(int(size) + 1)[:-1].decode().partition(" ")
            found = self.server.table.get(key)
            reply = ("OK " + found if found else "NOTFOUND ").encode()
            self.wfile.write(b"%d:%s," % (len(reply), reply))


def table_server(port, table):
    """A table that can only be asked: key → what stands there."""
    return _start(port, _Table, table=table)


class _Smtp(socketserver.StreamRequestHandler):
    """Refuses at the command that the address or the first header names."""

    def say(self, reply):
        self.wfile.write((reply + "\r\n").encode())
        self.wfile.flush()

    def refusal(self, line):
        """Of "x-KEY@…": the refusal of that key, where it is of this command."""
        found = re.search(r"<([a-z0-9-]+)[@>]", line)
        verb, reply = self.server.replies.get(found and found[1], (None, None))
        if line.upper().startswith("RCPT") and verb in ("DATA", "."):
            self.later[verb] = reply
        return reply if verb and line.upper().startswith(verb) else None

    def handle(self):
        self.later = {}
        self.say("220 sink.example ESMTP")
        for raw in self.rfile:
            line = raw.decode(errors="replace").strip()
            if line.upper().startswith("QUIT"):
                self.say("221 2.0.0 Bye")
                return
            if line.upper().startswith("DATA"):
                if not self.data():
                    return
                continue
            if line.upper().startswith("EHLO"):
                self.say("250-sink.example\r\n250-XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT\r\n"
                         "250 ENHANCEDSTATUSCODES")
                continue
            self.say(self.refusal(line) or "250 2.0.0 Ok")

    def data(self):
        if "DATA" in self.later:
            self.say(self.later.pop("DATA"))
            return True
        self.say("354 Go ahead")
        for raw in self.rfile:
            if raw.strip() == b".":
                break
        reply = self.later.pop(".", "250 2.0.0 Ok")
        self.later.clear()
        if reply is None:  # hangs up
            return False
        self.say(reply)
        return True


def smtp_server(port, replies):
    """replies: local part → (command or ".", reply; None closes after the dot)."""
    return _start(port, _Smtp, replies=replies)
