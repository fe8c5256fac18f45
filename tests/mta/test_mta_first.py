"""Where the MTA refuses before us: our record has what it lets a filter see."""

import pytest

import replies
import smtp
from postfix_stories import STORIES

SEEN = {
    row.split("\t")[0]: row.split("\t")[4]
    for row in replies.ReplyList("postfix-3.7.tsv").rows.values()
    if not row.endswith("\t-")
}
# Sendmail 8.18 shows the address where 8.17 shows its words.
UNKNOWN_USER = {
    "8.17": {"code": 550, "status": "5.1.1", "lines": ["User unknown"]},
    "8.18": {"code": None, "lines": []},
}
ONCE = "unverified-rcpt-in-progress"  # the second time it is known
STORIES = [s for s in STORIES if s.name in SEEN and s.name != ONCE]


@pytest.fixture(scope="module")
def daemon(saywhyd):
    return saywhyd()


@pytest.fixture(scope="module")
def ports(postfix, daemon):
    sites_ = [{"smtpd_milters": daemon.address} | s.site for s in STORIES]
    return dict(zip((s.name for s in STORIES), postfix.listen_all(sites_)))


@pytest.mark.parametrize("story", STORIES, ids=repr)
def test_postfix(story, ports, daemon):
    before = len(daemon.records())
    with smtp.Client(ports[story.name], story.host, story.address) as client:
        reply = smtp.play(client, story.dialogue)
    [record] = daemon.records()[before:]
    status, _, text = SEEN[story.name].partition(" ")
    assert record["issuer"] == "mta"
    assert record["outcome"] == {4: "tempfail", 5: "reject"}[reply.code // 100]
    assert record["reply"] == {"code": None, "status": status, "lines": [text]}
    assert record.get("reason", "unrecognised") in [*story.reason.split(), "unrecognised"]


def test_sendmail_tells_of_unknown_users_only(saywhyd, sendmail_site, sendmail_tree):
    """Its own relay check speaks first, and shows us nothing of it."""
    daemon = saywhyd()
    site = sendmail_site(ports=[{"filter": "saywhy"}],
                         filters={"saywhy": (daemon.address, "T")})
    with smtp.Client(site.ports[0], address="192.0.2.7") as client:
        reply = smtp.play(client, """
            EHLO client.example
            MAIL FROM:<a@sender.example>
            RCPT TO:<b@elsewhere.example>
        """)
        assert reply.texts[0].startswith("<b@elsewhere.example>... Relaying denied")
        assert daemon.records() == []
        client.command("RCPT TO:<missing@example.org>")
    [record] = daemon.records()
    assert record["issuer"] == "mta"
    assert record["reply"] == UNKNOWN_USER[sendmail_tree.release()]
