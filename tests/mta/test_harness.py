"""The harness itself: both MTAs are real, reachable and strict."""

import smtp


def test_postfix_accepts_mail_for_its_own_domain(postfix):
    with smtp.Client(postfix.listen(), address="192.0.2.7") as client:
        reply = smtp.play(client, """
            EHLO client.example
            MAIL FROM:<a@sender.example>
            RCPT TO:<user@example.org>
            data Subject: harness-1\\n\\nhello\\n
        """)
        assert reply.code == 250
    assert "Received: from client.example (client.example [192.0.2.7])" in \
        postfix.wait_for_mail("harness-1")[0]


def test_postfix_login(postfix):
    port = postfix.listen(smtpd_sasl_auth_enable="yes")
    with smtp.Client(port, address="192.0.2.7") as client:
        assert smtp.play(client, """
            EHLO client.example
            starttls
            EHLO client.example
            auth user@example.org secret
        """).code == 235


def test_postfix_xclient(postfix):
    with smtp.Client(postfix.listen(), host="127.0.0.1") as client:
        client.ehlo()
        assert client.xclient(addr="198.51.100.7", name="mail.sender.example").code == 220


def test_sendmail(sendmail_site):
    site = sendmail_site(ports=[{}])
    with smtp.Client(site.ports[0], address="192.0.2.7") as client:
        reply = smtp.play(client, """
            EHLO client.example
            starttls
            EHLO client.example
            auth user@example.org secret
            MAIL FROM:<a@sender.example>
            RCPT TO:<user@example.org>
            data Subject: harness-2\\n\\nhello\\n
        """)
        assert reply.code == 250, (reply, site.log())
        assert client.encrypted
    assert site.kept("harness-2")
