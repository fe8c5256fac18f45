"""post_server - an HTTP server that takes records, and fails as it is asked to

It checks what it gets against the documented form of each format, and keeps
the ids. `plan` is a list of callables, one for each request until it is empty:
each gets the request and the records and answers (status, fields, body), or
None for a good answer.
"""

import gzip
import json
import re
import time
import urllib.parse

import loopback_server

NANO = re.compile(r"^[0-9]{19}$")


def ndjson(path, body):
    return [json.loads(line) for line in body.splitlines()]


def array(path, body):
    return json.loads(body)


def clickhouse(path, body):
    """JSONEachRow: an object a line whose members are columns."""
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query)
    assert query["query"] == ["INSERT INTO mail.records FORMAT JSONEachRow"]
    assert query["date_time_input_format"] == ["best_effort"]
    assert len(query) == 2  # a server refuses settings that it does not know
    rows = [json.loads(line) for line in body.splitlines()]
    for row in rows:
        assert all(isinstance(value, str) for value in row.values())
        assert row["recipient"] == "b@elsewhere.example"
        assert json.loads(row["record"])["id"] == row["id"]
    return [json.loads(row["record"]) for row in rows]


def opensearch(path, body):
    """Pairs of an action line and a source line; the last ends in a newline."""
    assert path == "/_bulk" and body.endswith("\n")
    lines = [json.loads(line) for line in body.splitlines()]
    actions, sources = lines[::2], lines[1::2]
    assert len(actions) == len(sources)
    for action, source in zip(actions, sources):
        assert list(action) == ["create"]
        assert action["create"] == {"_index": "saywhy", "_id": source["id"]}
        assert source["@timestamp"] == source["time"]
    return sources


def loki(path, body):
    records = []
    push = json.loads(body)
    assert list(push) == ["streams"]
    labels = [tuple(sorted(s["stream"].items())) for s in push["streams"]]
    assert len(labels) == len(set(labels))
    for stream in push["streams"]:
        assert set(stream) == {"stream", "values"}
        assert set(stream["stream"]) == {"job", "host", "outcome"}
        for at, line in stream["values"]:
            assert NANO.match(at)
            records.append(json.loads(line))
            assert records[-1]["outcome"] == stream["stream"]["outcome"]
    return records


def attributes(items):
    for item in items:
        assert set(item) == {"key", "value"}
        assert set(item["value"]) == {"stringValue"}
    return {item["key"]: item["value"]["stringValue"] for item in items}


def otlp(path, body):
    """ExportLogsServiceRequest of opentelemetry-proto, as JSON."""
    records = []
    request = json.loads(body)
    assert list(request) == ["resourceLogs"]
    for resource in request["resourceLogs"]:
        host = attributes(resource["resource"]["attributes"])
        assert host["service.name"] == "saywhy"
        for scope in resource["scopeLogs"]:
            assert scope["scope"]["name"] == "saywhy"
            for log in scope["logRecords"]:
                assert NANO.match(log["timeUnixNano"])
                assert log["severityNumber"] == 9
                record = json.loads(log["body"]["stringValue"])
                read = attributes(log["attributes"])
                assert read["log.record.uid"] == record["id"]
                assert host["host.name"] == record["host"]
                records.append(record)
    return records


def splunk(path, body):
    """HEC events, one JSON object after the other."""
    records, decoder, at = [], json.JSONDecoder(), 0
    while at < len(body):
        event, at = decoder.raw_decode(body, at)
        at += len(body[at:]) - len(body[at:].lstrip())
        assert set(event) == {"time", "host", "source", "sourcetype", "event"}
        assert isinstance(event["time"], float)
        assert event["host"] == event["event"]["host"]
        records.append(event["event"])
    return records


def _bulk(records, statuses=None):
    items = [{"create": {"_id": r["id"], "status": (statuses or {}).get(
        r["id"], 201)}} for r in records]
    for item in items:
        if item["create"]["status"] >= 400:
            item["create"]["error"] = {"type": "x", "reason": "a cause"}
    return {"took": 1, "errors": bool(statuses), "items": items}


READ = {"ndjson": ndjson, "json": array, "clickhouse": clickhouse, "opensearch": opensearch,
        "loki": loki, "otlp": otlp, "splunk": splunk}
TYPE = {form: "application/json" for form in READ} | {
    form: "application/x-ndjson" for form in ("ndjson", "clickhouse", "opensearch")}


class PostServer(loopback_server.LoopbackServer):
    methods = ("POST",)

    def __init__(self, form, certificate=None, clients=None):
        self.form, self.plan, self.ids, self.requests = form, [], [], []
        self.mistakes = []
        super().__init__(certificate, clients)

    def serve(self, request):
        body = request.rfile.read(int(request.headers["Content-Length"]))
        self.requests.append((time.monotonic(), dict(request.headers)))
        try:
            if request.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            assert request.headers["Content-Type"] == TYPE[self.form]
            records = READ[self.form](request.path, body.decode())
        except Exception as mistake:  # reported by the test, in its own thread
            self.mistakes.append(repr(mistake))
            records = []
        answer = self.plan.pop(0)(request, records) if self.plan else None
        if answer is None:
            self.take(records)
            answer = self.good(records)
        status, fields, text = answer
        data = text.encode()
        try:
            request.send_response(status)
            for name, value in fields.items():
                request.send_header(name, value)
            request.send_header("Content-Length", str(len(data)))
            request.end_headers()
            request.wfile.write(data)
        except OSError:
            pass

    def take(self, records):
        self.ids += [r["id"] for r in records]

    def good(self, records):
        if self.form == "opensearch":
            return 200, {}, json.dumps(_bulk(records))
        if self.form == "splunk":
            return 200, {}, '{"text":"Success","code":0}'
        return (204 if self.form == "loki" else 200), {}, ""
