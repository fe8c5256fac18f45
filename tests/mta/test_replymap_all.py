"""Every reply that Postfix gives passes through each map and stays a reply."""

import re

import pytest

import replies
from test_replymap import start
from test_replymap_down import ask, connect

ROWS = {row.split("\t")[0]: row.split("\t") for name in
        ("postfix-3.7.tsv", "sendmail-8.17.tsv")
        for row in replies.ReplyList(name).rows.values()}
LINE = re.compile(r"([45]\d\d)([ -])(?:([45])\.\d{1,3}\.\d{1,3} )?[ -~]+")
# What is said of a program's mistakes is left as it is, that of people's not.
NOISE = {"syntax", "sequence", "command-unknown", "command-not-implemented",
         "parameter-unknown", "no-valid-recipients"}
ACTED_UPON = {"421", "452", "521", "530", "534", "535", "538"}


def is_noise(row):
    return (stock(row)[:3] in ("500", "501", "502", "503") and
            set(ROWS[row][2].split()) & NOISE)


@pytest.fixture(scope="module", params=["", 'make-permanent = {"relay-denied"}'],
                ids=["as-it-is", "permanent"])
def daemon(saywhyd, request):
    daemon = start(saywhyd, request.param)
    daemon.opted = bool(request.param)
    return daemon


def test_mistakes_of_people(daemon):
    for text in ("501 5.1.7 Bad sender address syntax", "501 5.1.3 Bad recipient address syntax",
                 "503 5.5.0 <DATA>: Data command rejected: Improper use of SMTP command pipelining"):
        with connect(daemon) as peer:
            assert ask(peer, "filter", text).startswith("OK ")


def stock(row):
    return ROWS[row][3].replace("\\r\\n", "\r\n")


def check(lines):
    """One code, its class that of the status, no line too long, all ASCII."""
    found = [LINE.fullmatch(line) for line in lines]
    assert all(found), lines
    assert len({m[1] for m in found}) == 1
    assert [m[2] for m in found] == ["-"] * (len(lines) - 1) + [" "]
    assert all(m[3] in (None, m[1][0]) for m in found), lines
    assert all(len(line) <= 510 for line in lines)
    return found[0][1]


@pytest.mark.parametrize("row", ROWS)
def test_filter(daemon, row):
    with connect(daemon) as peer:
        answer = ask(peer, "filter", stock(row))
    code = stock(row)[:3]
    if answer == "NOTFOUND ":
        assert is_noise(row) or "no valid recipients" in stock(row) or \
            "no-valid-recipients" in ROWS[row][2] or code in ("501", "503")
        return
    said = check(answer.removeprefix("OK ").split("\r\n"))
    if not (daemon.opted and "relay-denied" in ROWS[row][2]):
        assert said[0] == code[0]
    if code in ACTED_UPON or said in ("421", "521"):
        assert said == code


@pytest.mark.parametrize("row", ROWS)
def test_footer(daemon, row):
    with connect(daemon) as peer:
        answer = ask(peer, "footer", stock(row))
    if answer == "NOTFOUND ":
        assert is_noise(row) or "no-valid-recipients" in ROWS[row][2] or \
            stock(row)[:3] in ("501", "503")
        return
    template = answer.removeprefix("OK ")
    assert not re.search(r"(?<!\$)(\$\$)*\$(?!\$)", template)
    assert "\\" not in template.replace("\\n", "")
    head = re.match(r"\d{3}.([45]\.\d+\.\d+ )?", stock(row).split("\r\n")[0])
    check([f"{stock(row)[:3]} {head[1] or ''}{line}".replace("$$", "$")
           for line in template.split("\\n")][-1:])


ODD = {
    "dollar": "550 5.1.1 <a$b${c}%s%n@example.org>: User unknown",
    "backslash": "550 5.1.1 <a\\n550 x@example.org>: User unknown",
    "long": "550 5.1.1 <" + "x" * 3000 + "@example.org>: User unknown",
    "many": "\r\n".join(["550-5.7.1 line"] * 31 + ["550 5.7.1 line"]),
    "bare": "550",
    "no-status": "554 Go away",
    "wrong-class": "550 4.1.1 User unknown",
    "eight-bit": "550 5.1.1 <\xe4@example.org>: User unknown",
}


@pytest.mark.parametrize("map_", ["filter", "footer"])
@pytest.mark.parametrize("name", ODD)
def test_odd_ones(daemon, name, map_):
    with connect(daemon) as peer:
        answer = ask(peer, map_, ODD[name])
    assert answer == "NOTFOUND " or answer.startswith("OK ")
    if map_ == "filter" and answer != "NOTFOUND " and name not in ("long", "bare"):
        last = answer.removeprefix("OK ").split("\r\n")[-1]
        assert last[0] == ODD[name][0] and last[3] == " "


@pytest.mark.parametrize("text", ["", "x", "250 2.0.0 Ok", "550-5.1.1 a\r\n551 5.1.1 b",
                                  "599 \0x"])
def test_no_replies(daemon, text):
    with connect(daemon) as peer:
        assert ask(peer, "filter", text) == "NOTFOUND "
