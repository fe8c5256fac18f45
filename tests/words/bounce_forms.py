#!/usr/bin/env python3
"""bounce_forms.py SAYWHY [-v] [DIRECTORY]: whole bounces in the forms of 16 mail servers.

Takes the 300 of tests/bounces/written, which mail servers wrote, and composes
270 more: each form of a bounce, in its languages, with real replies, one
recipient or several, plain, quoted-printable, base64, forwarded inline or as
an attachment, with a returned message that tells lies. Counts where cause, recipient and actor are right, and where there are more answers
than recipients; ends with 1 below 97 %. With a DIRECTORY they are written there.
"""
import base64
import itertools
import json
import os
import quopri
import re
import subprocess
import sys

LEAST = 97
# reply, reasons that are right, who must act
REPLIES = [
    ("550 5.1.1 <{to}>: Recipient address rejected: User unknown in virtual mailbox table", "mailbox-unknown", "sender"),
    ("552 5.2.2 <{to}> Mailbox size limit exceeded", "mailbox-full", "recipient"),
    ("554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.7", "dnsbl-listed", "sender-admin"),
    ("550 5.7.1 Message rejected as spam by Content Filtering.", "spam-content", "sender"),
    ("550 5.7.26 Unauthenticated email from example.com is not accepted due to domain's DMARC policy.", "dmarc-reject", "sender-admin"),
    ("552 5.3.4 Message size exceeds fixed maximum message size", "message-too-large", "sender"),
    ("554 5.4.6 Too many hops 26 (25 max)", "mail-loop", "postmaster"),
    ("550 5.2.1 The email account that you tried to reach is disabled.", "mailbox-disabled", "recipient"),
    ("550 5.7.25 The IP address sending this message does not have a PTR record", "rdns-missing", "sender-admin"),
    ("550 No such user here", "mailbox-unknown", "sender"),
    ("554 5.7.1 virus Eicar-Test-Signature detected", "virus-found", "sender"),
    ("550-Verification failed for <ann@example.com>\n550 Sender verify failed", "sender-unverified", "sender-admin"),
]
LIES = ("Received: from mail.example.com [192.0.2.7] by mx.example.com\n"
        "From: Ann <ann@example.com>\nTo: eva@example.org\n"
        "Subject: 550 5.1.1 User unknown, mailbox full, greylisted\n\n"
        "<eva@example.org>: 552 5.2.2 over quota\n"
        "550 5.7.1 Relay access denied\n")


def status_of(reply):
    word = reply.split("\n")[0].split(" ")[1]
    return word if word[:2] in ("5.", "4.") and word.count(".") == 2 else "5.0.0"


def fold(text, indent):
    """At most 72 columns, as servers do; their lines stay."""
    out = []
    for line in text.split("\n"):
        row = ""
        for word in line.split(" "):
            if row and len(row) + len(word) > 71 - len(indent):
                out.append(row)
                row = ""
            row = f"{row} {word}" if row else word
        out.append(row)
    return ("\n" + indent).join(out)


def dsn(text, found, mta="mx.example.com", kind="smtp", returned=LIES):
    fields = "".join(
        f"\nFinal-Recipient: rfc822; {to}\nAction: failed\nStatus: {status_of(r)}\n"
        f"Remote-MTA: dns; mx.example.net\nDiagnostic-Code: {kind}; {fold(r, '    ')}\n"
        for to, r in found)
    return ("multipart/report; report-type=delivery-status; boundary=\"b1\"",
            f"--b1\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
            f"--b1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; {mta}\n{fields}\n"
            f"--b1\nContent-Type: message/rfc822\n\n{returned}\n--b1--\n")


def postfix_text(found):
    said = "\n\n".join(f"<{to}>: host mx.example.net[192.0.2.9] said:\n    {fold(r, '    ')}\n"
                       "    (in reply to RCPT TO command)" for to, r in found)
    return ("This is the mail system at host mx.example.com.\n\nI'm sorry to have to inform you that your message could not\n"
            "be delivered to one or more recipients. It's attached below.\n\nFor further assistance, please send mail to postmaster.\n\n"
            f"                   The mail system\n\n{said}\n")


def postfix(found):
    return dsn(postfix_text(found), found)


def postfix_bare(found):
    return "text/plain; charset=us-ascii", postfix_text(found)


def sendmail(found):
    text = ("The original message was received at Tue, 24 Nov 2026 10:00:00 +0000\nfrom mail.example.com [192.0.2.7]\n\n"
            "   ----- The following addresses had permanent fatal errors -----\n")
    for to, r in found:
        text += f"<{to}>\n    (reason: {fold(r, '    ')})\n"
    text += "\n   ----- Transcript of session follows -----\n... while talking to mx.example.net.:\n"
    for to, r in found:
        text += ">>> DATA\n" + "".join(f"<<< {line}\n" for line in r.split("\n"))
        text += f"550 5.1.1 <{to}>... User unknown\n" if "5.1.1" in r else f"554 5.0.0 Service unavailable\n"
    text += "<<< 503 5.0.0 Need RCPT (recipient)\n"
    return dsn(text, found, kind="SMTP")


EXIM = ("This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\n"
        "recipients. This is a permanent error. The following address(es) failed:\n\n")


def exim_text(found):
    return EXIM + "".join(
        f"  {to}\n    host mx.example.net [192.0.2.9]\n    SMTP error from remote mail server after RCPT TO:<{to}>:\n"
        f"    {fold(r, '    ')}\n" for to, r in found)


def exim(found):
    return dsn(exim_text(found), found)


def exim_old(found):
    return ("text/plain; charset=us-ascii", exim_text(found) +
            "\n------ This is a copy of the message, including all the headers. ------\n\n" + LIES)


def opensmtpd(found):
    said = "".join(f"{to}: {r.replace(chr(10), ' ')}\n" for to, r in found)
    return dsn("    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n"
               "    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\n"
               f"{said}\n    Below is a copy of the original message:\n", found)


def qmail(found):
    return ("text/plain", "Hi. This is the qmail-send program at mx.example.com.\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
            "This is a permanent error; I've given up. Sorry it didn't work out.\n\n" + "".join(
                f"<{to}>:\n192.0.2.9 does not like recipient.\nRemote host said: {r}\nGiving up on 192.0.2.9.\n\n"
                for to, r in found) + "--- Below this line is a copy of the message.\n\n" + LIES)


def haraka(found):
    return dsn("Hi. This is the Haraka Mailer program at mx.example.com.\n"
               "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
               "This is a permanent error; I've given up. Sorry it didn't work out.\n\n" + "".join(
                   f"<{to}>: {r.replace(chr(10), ' ')}\n\n" for to, r in found), found)


def courier(found):
    return dsn("This is a delivery status notification from mx.example.com,\nrunning the Courier mail server.\n\n"
               "The original message was received on Tue, 24 Nov 2026 10:00:00 +0000\nfrom ann@example.com\n\n"
               "---------------------------------------------------------------------------\n\n"
               "                           UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n" + "".join(
                   f"<{to}>:\n     mx.example.net [192.0.2.9]:\n>>> RCPT TO:<{to}>\n<<< {fold(r, '<<< ')}\n\n" for to, r in found), found)


def mdaemon(found):
    return dsn("The attached message had PERMANENT fatal delivery errors!\n\nOne or more of the recipients could not be reached.\n\n" + "".join(
        f"Failed address: {to}\n\n--- Session Transcript ---\n SMTP session successful.\n <-- {r.replace(chr(10), ' ')}\n--- End Transcript ---\n\n"
        for to, r in found), found)


EXCHANGE = {
    "en": ("Delivery has failed to these recipients or groups:", "Your message couldn't be delivered.", "Diagnostic information for administrators:", "Generating server", "Original message headers:"),
    "de": ("Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:", "Die Nachricht konnte nicht zugestellt werden.", "Diagnoseinformationen für Administratoren:", "Generierender Server", "Ursprüngliche Nachrichtenkopfzeilen:"),
    "fr": ("Échec de la remise pour ces destinataires ou groupes :", "Votre message n'a pas pu être remis.", "Informations de diagnostic pour les administrateurs :", "Serveur de génération", "En-têtes de message d'origine :"),
    "es": ("No se pudo entregar el mensaje a estos destinatarios o grupos:", "No se pudo entregar el mensaje.", "Información de diagnóstico para los administradores:", "Generando servidor", "Encabezados de mensajes originales:"),
    "it": ("Impossibile recapitare il messaggio ai seguenti destinatari o gruppi:", "Non è stato possibile recapitare il messaggio.", "Informazioni di diagnostica per gli amministratori:", "Server di generazione", "Intestazioni originali del messaggio:"),
    "pt": ("Falha na entrega a estes destinatários ou grupos:", "Não foi possível entregar sua mensagem.", "Informações de diagnóstico para administradores:", "Servidor de geração", "Cabeçalhos de mensagem originais:"),
    "nl": ("Bezorging is mislukt voor deze geadresseerden of groepen:", "Uw bericht kan niet worden bezorgd.", "Diagnostische gegevens voor beheerders:", "Genererende server", "Oorspronkelijke berichtkoppen:"),
    "pl": ("Dostarczenie wiadomości do następujących adresatów lub grup nie powiodło się:", "Nie można dostarczyć wiadomości.", "Informacje diagnostyczne dla administratorów:", "Serwer generujący", "Oryginalne nagłówki wiadomości:"),
    "ru": ("Сбой доставки следующим получателям или группам:", "Не удалось доставить сообщение.", "Диагностические сведения для администраторов:", "Создающий сервер", "Исходные заголовки сообщения:"),
    "ja": ("次の受信者またはグループへの配信に失敗しました:", "メッセージを配信できませんでした。", "管理者向けの診断情報:", "生成サーバー", "元のメッセージ ヘッダー:"),
}
GMAIL = {
    "en": ("Your message wasn't delivered to {to} because of a problem.", "The response from the remote server was:"),
    "de": ("Ihre Nachricht wurde nicht an {to} zugestellt.", "Die Antwort des Remote-Servers lautet:"),
    "fr": ("Votre message n'est pas parvenu à {to}.", "Voici la réponse du serveur distant :"),
    "es": ("Tu mensaje no se ha entregado a {to}.", "La respuesta del servidor remoto ha sido:"),
    "it": ("Il tuo messaggio non è stato recapitato a {to}.", "La risposta del server remoto è stata:"),
    "pt": ("Sua mensagem não foi entregue a {to}.", "A resposta do servidor remoto foi:"),
    "nl": ("Je bericht is niet bezorgd bij {to}.", "De reactie van de externe server was:"),
    "pl": ("Twoja wiadomość do {to} nie została dostarczona.", "Odpowiedź serwera zdalnego:"),
    "ru": ("Письмо для {to} не доставлено.", "Ответ удаленного сервера:"),
    "ja": ("メールは {to} に配信されませんでした。", "リモート サーバーからの応答:"),
}


def exchange(language):
    head, said, info, server, headers = EXCHANGE[language]

    def form(found):
        names = "".join(f"{to}<mailto:{to}>\n{said}\n\n" for to, _ in found)
        details = "".join(f"{to}\nmx.example.net\nRemote Server returned '{r.replace(chr(10), ' ')}'\n\n" for to, r in found)
        return ("text/plain; charset=utf-8", f"{head}\n\n{names}\n{info}\n\n{server}: AM0PR02.eurprd02.prod.outlook.com\n\n{details}\n{headers}\n\n" + LIES)
    return form


def gmail(language):
    lead, answer = GMAIL[language]

    def form(found):
        to, r = found[0]
        text = f"{lead.format(to=to)}\n\n{answer}\n\n{r.replace(chr(10), ' ')}\n"
        return dsn(text, found[:1], mta="googlemail.com")
    return form


def text_only(make):
    """The first part of a report alone, as it is pasted."""
    def form(found):
        kind, body = make(found)
        return "text/plain; charset=utf-8", body.split("\n\n", 1)[1].split("\n--b1\n")[0] + "\n" if kind.startswith("multipart") else body
    return form


FORMS = {"postfix": postfix, "postfix text": postfix_bare, "sendmail": sendmail, "exim": exim, "exim text": exim_old,
         "opensmtpd": opensmtpd, "opensmtpd text": text_only(opensmtpd), "qmail": qmail, "haraka": haraka,
         "haraka text": text_only(haraka), "courier": courier, "mdaemon": mdaemon}
FORMS.update({"exchange " + lang: exchange(lang) for lang in EXCHANGE})
FORMS.update({"gmail " + lang: gmail(lang) for lang in GMAIL})
FORMS.update({"gmail text " + lang: text_only(gmail(lang)) for lang in ("en", "de", "ja")})


def whole(kind, body, encoding="8bit"):
    if encoding == "base64":
        body = base64.encodebytes(body.encode()).decode()
    elif encoding == "quoted-printable":
        body = quopri.encodestring(body.encode()).decode()
    return ("From: Mail Delivery System <MAILER-DAEMON@mx.example.com>\nTo: ann@example.com\nSubject: Undelivered Mail\n"
            f"MIME-Version: 1.0\nContent-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n{body}")


def inline(kind, body):
    if kind.startswith("multipart"):
        body = body.split("\n\n", 1)[1].split("\n--b1\n")[0] + "\n"
    quoted = "".join("> " + line + "\n" for line in body.split("\n"))
    return ("From: Ann <ann@example.com>\nTo: help@example.com\nSubject: Fwd: Undelivered Mail\nMIME-Version: 1.0\n"
            "Content-Type: text/plain; charset=utf-8\n\nWhat does this mean?\n\n-------- Forwarded Message --------\n"
            "From: MAILER-DAEMON@mx.example.com\n\n" + quoted)


def attached(kind, body):
    return ("From: Ann <ann@example.com>\nTo: help@example.com\nSubject: please help\nMIME-Version: 1.0\n"
            "Content-Type: multipart/mixed; boundary=\"f1\"\n\n--f1\nContent-Type: text/plain\n\nSee the attached message.\n\n"
            "--f1\nContent-Type: message/rfc822\n\n" + whole(kind, body) + "\n--f1--\n")


def messages():
    turn = 0
    for name, form in FORMS.items():
        for way in ("plain", "two", "three", "inline", "attached", "base64", "quoted-printable", "other", "another"):
            many = {"two": 2, "three": 3}.get(way, 1)
            if many > 1 and name.startswith("gmail"):
                continue
            found, right = [], []
            for i in range(many):
                reply, reasons, who = REPLIES[(turn + 5 * i) % len(REPLIES)]
                to = ("bob", "kim", "lea")[i] + "@example." + ("net", "org", "net")[i]
                found.append((to, reply.replace("{to}", to)))
                right.append((to, reasons, who))
            turn += 1
            kind, body = form(found)
            if way == "inline":
                text = inline(kind, body)
            elif way == "attached":
                text = attached(kind, body)
            elif way in ("base64", "quoted-printable"):
                if kind.startswith("multipart"):
                    continue
                text = whole(kind, body, way)
            else:
                text = whole(kind, body)
            yield f"{name}, {way}", text, right


def delivered():
    """Nothing is refused: success, and a reader's complaint."""
    for name in ("postfix", "sendmail", "exim", "courier"):
        for action in ("delivered", "relayed", "expanded"):
            kind, body = dsn("This is the mail system at host mx.example.com.\n\nYour message was successfully "
                             "delivered to the destination(s)\nlisted below.\n\n<bob@example.net>: delivery via mx.example.net"
                             "[192.0.2.9]:25: 250 2.1.5 Ok\n", [("bob@example.net", "250 2.1.5 Ok")])
            yield f"{name}, {action}", whole(kind, body.replace("Action: failed", "Action: " + action).replace("5.0.0", "2.1.5")), []
    for kind in ("abuse", "fraud", "not-spam"):
        yield f"feedback, {kind}", whole(
            "multipart/report; report-type=feedback-report; boundary=\"b1\"",
            "--b1\nContent-Type: text/plain\n\nThis is an email abuse report for a message received from 192.0.2.7.\n\n"
            f"--b1\nContent-Type: message/feedback-report\n\nFeedback-Type: {kind}\nUser-Agent: X/1\nVersion: 1\n"
            f"Original-Rcpt-To: <bob@example.net>\n\n--b1\nContent-Type: message/rfc822\n\n{LIES}\n--b1--\n"), []


def judge(saywhy, text, right):
    out = subprocess.run([saywhy, "explain", "--json"], input=text.encode(), stdout=subprocess.PIPE, check=False).stdout
    said = [json.loads(line) for line in out.decode().splitlines()]
    got = [(a.get("recipient"), a.get("reason"), a.get("who")) for a in said
           if a.get("reason") or a.get("recipient")]
    good = len(got) == len(right) and all(
        any(g[0] == to and g[1] in reasons.split() and g[2] == who for g in got) for to, reasons, who in right)
    return good, len(got) > len(right), got


def written():
    """What mail servers wrote here: tests/bounces/written."""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bounces", "written")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            for i, part in enumerate(re.split(r"^From .*\n", f.read(), flags=re.M)[1:]):
                expect, text = part.split("\n", 1)
                to, reasons, who = expect.split()[1:]
                yield f"{name} {i}", re.sub(r"^>(>*From )", r"\1", text, flags=re.M), [(to, reasons.replace(",", " "), who)]


def main():
    args = [a for a in sys.argv[1:] if a != "-v"]
    n = good = more = 0
    for name, text, right in itertools.chain(messages(), delivered(), written()):
        if len(args) > 1:
            with open(os.path.join(args[1], f"{n:03}.eml"), "w", encoding="utf-8") as f:
                f.write(text)
        ok, too_many, got = judge(args[0], text, right)
        n, good, more = n + 1, good + ok, more + too_many
        if not ok and "-v" in sys.argv:
            print(f"{name}: {got}, not {right}")
    print(f"{n} bounces: {100 * good / n:.1f} % right, {more} with more answers than recipients")
    return 100 * good < LEAST * n or more > 0


if __name__ == "__main__":
    sys.exit(main())
