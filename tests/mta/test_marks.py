"""What is done to mail that is let pass: held, marked, cleaned of forgery."""

import sites
import smtp

MINE = """
    EHLO client.example
    MAIL FROM:<a@sender.example>
    RCPT TO:<user@example.org>
"""


def held(postfix):
    return [p.name for p in (postfix.folder / "queue/hold").rglob("*") if p.is_file()]


def test_quarantine_goes_to_the_hold_queue(saywhyd, postfix):
    daemon = saywhyd('reason "header-pattern" { action = quarantine }')
    before = held(postfix)
    with sites.behind_postfix(postfix, daemon)() as client:
        reply = smtp.play(client, MINE + "data Subject: casino\\n\\nx\\n")
    assert reply.code == 250
    assert len(held(postfix)) == len(before) + 1
    [record] = daemon.records()
    assert record["outcome"] == "quarantine"
    assert record["queue_id"] in held(postfix)


def test_mark(saywhyd, postfix):
    daemon = saywhyd('reason "header-pattern" { action = mark }')
    with sites.behind_postfix(postfix, daemon)() as client:
        assert smtp.play(client, MINE + "data From: a@sender.example\\nSubject: casino mark-1\\n\\nx\\n").code == 250
    [message] = postfix.wait_for_mail("mark-1")
    [line] = [l for l in message.splitlines() if l.startswith("X-Saywhy:")]
    assert "header-pattern" in line


def test_forged_mark_is_taken_out(saywhyd, postfix):
    daemon = saywhyd('reason "header-pattern" { action = mark }')
    with sites.behind_postfix(postfix, daemon)() as client:
        assert smtp.play(client, MINE + "data From: a@sender.example\\n"
                         "X-Saywhy: mx.example.org; reason=forged\\n"
                         "Subject: casino mark-2\\n"
                         "x-saywhy: MX.example.org; reason=forged\\n\\nx\\n").code == 250
    [message] = postfix.wait_for_mail("mark-2")
    assert "forged" not in message
    assert message.count("X-Saywhy:") == 1


def test_observe_marks_nothing(saywhyd, postfix):
    daemon = saywhyd('reason "header-pattern" { action = mark }', mode="observe")
    with sites.behind_postfix(postfix, daemon)() as client:
        assert smtp.play(client, MINE + "data Subject: casino mark-3\\n\\nx\\n").code == 250
    [message] = postfix.wait_for_mail("mark-3")
    assert "X-Saywhy:" not in message


def test_mark_through_sendmail(saywhyd, sendmail_site):
    daemon = saywhyd('reason "header-pattern" { action = mark }')
    connect = sites.behind_sendmail(sendmail_site, daemon)
    with connect() as client:
        assert smtp.play(client, MINE + "data Subject: casino mark-4\\n\\nx\\n").code == 250
    [headers] = connect.site.kept("mark-4")
    assert "X-Saywhy" in headers


def test_quarantine_through_sendmail(saywhyd, sendmail_site):
    daemon = saywhyd('reason "header-pattern" { action = quarantine }')
    connect = sites.behind_sendmail(sendmail_site, daemon)
    with connect() as client:
        assert smtp.play(client, MINE + "data Subject: casino\\n\\nx\\n").code == 250
    assert [name for name in connect.site.files() if name.startswith("hf")]


def test_many_forged_marks(saywhyd, postfix):
    daemon = saywhyd('reason "header-pattern" { action = mark }')
    forged = "X-Saywhy: mx.example.org; reason=forged\\n" * 40
    with sites.behind_postfix(postfix, daemon)() as client:
        assert smtp.play(client, MINE + f"data {forged}Subject: casino mark-5\\n\\nx\\n").code == 250
    [message] = postfix.wait_for_mail("mark-5")
    assert "forged" not in message


def test_forged_mark_without_ours(saywhyd, postfix):
    """Nothing is found, and still nobody speaks in our name."""
    daemon = saywhyd('reason "header-pattern" { action = mark }')
    with sites.behind_postfix(postfix, daemon)() as client:
        assert smtp.play(client, MINE + "data X-Saywhy: mx.example.org; reason=forged\\n"
                         "Subject: mark-6\\n\\nx\\n").code == 250
    [message] = postfix.wait_for_mail("mark-6")
    assert "forged" not in message
