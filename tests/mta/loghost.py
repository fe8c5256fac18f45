"""loghost - the syslog of the box: keeps what is said to /dev/log"""

import os
import socket
import threading
import time

import process


class LogHost:
    def __init__(self, path):
        self.path = path
        self.lines = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        os.chmod(path, 0o666)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                line = self.socket.recv(65536)
            except OSError:
                return
            self.lines.append(line.decode(errors="replace"))

    def read_all(self):
        """Until all is kept that was said before."""
        mark = f"mark {time.monotonic_ns()}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.sendto(mark.encode(), self.path)
        process.wait_until(lambda: mark in self.lines, "the log")
        self.lines.remove(mark)

    def find(self, words):
        """The first line that holds these words, or None."""
        return next((line for line in self.lines if words in line), None)

    def stop(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        os.unlink(self.path)
