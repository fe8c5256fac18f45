"""list_server - an HTTPS server that has lists, and fails as it is asked to

`files` are what it has, by name. `fail` is a callable that gets the request and
the name, and answers it as it likes (True), or not (False).
"""

import hashlib
import pathlib
import subprocess

import loopback_server


def certificate(folder, name="localhost"):
    """A key and a certificate that vouches for itself; one file of both."""
    path = pathlib.Path(folder) / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", path, "-out", f"{path}.crt", "-subj", f"/CN={name}",
         "-addext", f"subjectAltName=DNS:{name}"],
        check=True, capture_output=True)
    with open(path, "a") as f:
        f.write(pathlib.Path(f"{path}.crt").read_text())
    return path


class ListServer(loopback_server.LoopbackServer):
    methods = ("GET",)

    def __init__(self, pem):
        self.files, self.fail, self.asked = {}, None, []
        super().__init__(pem)

    def serve(self, request):
        name = request.path.lstrip("/")
        self.asked.append((name, request.headers.get("If-None-Match")))
        try:
            if self.fail is None or not self.fail(request, name):
                self.answer(request, name)
        except OSError:
            pass

    def answer(self, request, name):
        body = self.files.get(name)
        if body is None:
            return self.send(request, 404, b"there is no such file\n")
        etag = '"%s"' % hashlib.sha256(body).hexdigest()[:20]
        if request.headers.get("If-None-Match") == etag:
            return self.send(request, 304, b"", etag)
        return self.send(request, 200, body, etag)

    @staticmethod
    def send(request, status, body, etag=None):
        request.send_response(status)
        if etag:
            request.send_header("ETag", etag)
        if status != 304:
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
