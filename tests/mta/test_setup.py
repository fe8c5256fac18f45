"""saywhy setup on the stock Postfix of this machine, in the box's own /etc."""

import contextlib
import pathlib
import shutil
import socket
import subprocess

import pytest

import process
import smtp
from test_replymap import start

ETC = pathlib.Path("/etc/postfix")
SPOOL = pathlib.Path("/var/spool/postfix")
CONF = """
name = "mx.example.org"
page = "https://mx.example.org/why/{id}"
mode = enforce
listen = "unix:/var/spool/postfix/saywhy/milter.sock"
listen-mode = "0666"
reply-map = "unix:/var/spool/postfix/saywhy/reply.sock"
policy-service = "unix:/var/spool/postfix/saywhy/policy.sock"
relay { domains = {"example.org"} }
"""


def install_stock_files():
    """Debian's own, whatever this machine has; /etc is the box's."""
    for name, shipped in (("main.cf", "main.cf.debian"), ("master.cf", "master.cf.dist")):
        shutil.copy(pathlib.Path("/usr/share/postfix") / shipped, ETC / name)


@pytest.fixture(scope="module")
def stock(dns):
    """Queue and data in memory; /etc is the box's own already."""
    for folder in (SPOOL, pathlib.Path("/var/lib/postfix")):
        folder.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", folder],
                       check=True)
    shutil.chown("/var/lib/postfix", "postfix", "postfix")
    (SPOOL / "saywhy").mkdir()
    shutil.chown(SPOOL / "saywhy", "nobody")
    install_stock_files()
    subprocess.run(["newaliases"], check=False)
    subprocess.run(["postfix", "check"], check=True)
    return {name: (ETC / name).read_bytes() for name in ("main.cf", "master.cf")}


@pytest.fixture(autouse=True)
def as_before(request):
    yield
    if "stock" in request.fixturenames:
        for name, text in request.getfixturevalue("stock").items():
            (ETC / name).write_bytes(text)


@contextlib.contextmanager
def somebody_answers():
    """At the three sockets, as a saywhyd would."""
    paths = [SPOOL / "saywhy" / f"{name}.sock" for name in ("milter", "reply", "policy")]
    listeners = []
    for path in paths if SPOOL.joinpath("saywhy").exists() else []:
        path.unlink(missing_ok=True)
        listeners.append(socket.socket(socket.AF_UNIX))
        listeners[-1].bind(str(path))
        listeners[-1].listen(8)
    try:
        yield
    finally:
        for listener, path in zip(listeners, paths):
            listener.close()
            path.unlink()


@pytest.fixture(scope="module")
def setup(build, box, dns):
    conf = box / "setup.conf"
    conf.write_text(CONF)

    def run(*arguments):
        with somebody_answers():
            return subprocess.run(
                [build / "saywhy", "setup", "-c", conf, *arguments],
                capture_output=True, text=True)

    return run


def same(stock):
    return all((ETC / name).read_bytes() == text for name, text in stock.items())


def postconf(name):
    return subprocess.run(["postconf", "-h", name], capture_output=True, text=True,
                          check=True).stdout.strip()


def test_it_only_tells(stock, setup):
    done = setup()
    assert done.returncode == 0
    assert "postconf -e 'smtpd_milters = { unix:saywhy/milter.sock, " in done.stdout
    assert same(stock)


def test_apply_and_undo(stock, setup):
    done = setup("--apply")
    assert done.returncode == 0, done.stderr
    assert "default_action=tempfail" in postconf("smtpd_milters")
    assert postconf("smtpd_reject_footer_maps") == (
        "socketmap:unix:saywhy/reply.sock:footer")
    assert postconf("postscreen_reject_footer_maps") == ""
    relay = postconf("smtpd_relay_restrictions")
    assert relay.index("check_policy_service") < relay.index("unauth_destination")
    assert postconf("non_smtpd_milters") == ""
    assert setup("--undo").returncode == 0
    assert same(stock)


def test_apply_where_nobody_answers(stock, setup, build, box):
    """Postfix would defer all mail."""
    setup()
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(SPOOL / "saywhy/milter.sock"))
    stale.close()
    run = [build / "saywhy", "setup", "-c", box / "setup.conf"]
    for why in ("Connection refused", "No such file"):
        done = subprocess.run([*run, "--apply"], capture_output=True, text=True)
        assert done.returncode == 69
        assert why in done.stderr and "Start saywhyd" in done.stderr
        assert same(stock)
        (SPOOL / "saywhy/milter.sock").unlink(missing_ok=True)
    assert subprocess.run(run, capture_output=True).returncode == 0


def test_domains_that_differ(stock, setup, build, box):
    """Whoever enforces then bounces good mail: each is named with both places."""
    with open(ETC / "main.cf", "a") as file:
        file.write("mydestination = example.org, other.example, localhost\n"
                   "mynetworks = 127.0.0.0/8 [::1]/128 192.0.2.0/24\n")
    before = (ETC / "main.cf").read_bytes()
    line = before.count(b"\n") - 1
    done = setup("--apply")
    shown = " ".join(done.stdout.split())
    assert done.returncode == 69 and "--force" in done.stderr
    assert (f"other.example stands in mydestination (/etc/postfix/main.cf:{line}), but not in "
            f"relay.domains ({box}/setup.conf:9)") in shown
    assert "192.0.2.0/24 stands in mynetworks" in shown
    assert "127.0.0" not in shown and "localhost stands" not in shown
    assert (ETC / "main.cf").read_bytes() == before
    for command in ("check", "doctor"):
        done = subprocess.run(
            [build / "saywhy", command, "-c", box / "setup.conf", "--postfix", ETC],
            capture_output=True, text=True)
        assert "other.example stands in mydestination" in done.stdout + done.stderr
    assert setup("--apply", "--force").returncode == 0
    assert setup("--undo").returncode == 0
    assert (ETC / "main.cf").read_bytes() == before


def test_what_is_set_is_not_to_be_set(stock, setup):
    assert setup("--apply").returncode == 0
    with open(ETC / "main.cf", "a") as file:
        file.write("smtpd_sender_restrictions = reject_non_fqdn_sender\n")
    shown = setup().stdout
    assert "postconf -e 'smtpd_sender_restrictions" in shown
    assert "postconf -e 'smtpd_milters" not in shown
    setup("--undo")


def test_the_others_for_mail_without_a_connection(stock, setup):
    """Guides of other filters say non_smtpd_milters = $smtpd_milters."""
    with open(ETC / "main.cf", "a") as file:
        file.write("smtpd_milters = inet:localhost:8891\n"
                   "non_smtpd_milters = $smtpd_milters\n")
    before = (ETC / "main.cf").read_bytes()
    assert setup("--apply").returncode == 0
    assert postconf("non_smtpd_milters") == "inet:localhost:8891"
    setup("--undo")
    assert (ETC / "main.cf").read_bytes() == before


def test_verify_where_it_observes(stock, setup, saywhyd):
    """The reply is Postfix's own, and the record is shown."""
    daemon = start(saywhyd)
    daemon.stop()
    daemon.conf.write_text(daemon.completed(CONF.replace("enforce", "observe")))
    daemon.listens = lambda: process.listens_at(SPOOL / "saywhy/reply.sock")
    daemon.start()
    run = [daemon.tool, "setup", "-c", daemon.conf]
    subprocess.run(["postfix", "start"], check=True, capture_output=True)
    try:
        process.wait_until(lambda: process.listens(25), "port 25")
        done = subprocess.run([*run, "--verify"], capture_output=True, text=True)
        assert done.returncode == 1 and "not asked" in done.stdout, done.stdout
        done = subprocess.run([*run, "--apply", "--verify"], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "mode = observe" in done.stdout and '"id":' in done.stdout
        assert subprocess.run([*run, "--undo"]).returncode == 0
    finally:
        daemon.stop()
        subprocess.run(["postfix", "stop"], check=True, capture_output=True)


def test_apply_twice(stock, setup):
    setup("--apply")
    once = (ETC / "main.cf").read_bytes()
    assert "nothing to do" in setup("--apply").stdout
    assert (ETC / "main.cf").read_bytes() == once
    setup("--undo")
    assert same(stock)


def test_mode_and_owner_stay(stock, setup):
    (ETC / "main.cf").chmod(0o640)
    setup("--apply")
    assert (ETC / "main.cf").stat().st_mode & 0o7777 == 0o640
    (ETC / "main.cf").chmod(0o644)


def test_edits_in_between_stay(stock, setup):
    setup("--apply")
    text = (ETC / "main.cf").read_text()
    (ETC / "main.cf").write_text("# mine\n" + text + "message_size_limit = 12345678\n")
    assert setup("--undo").returncode == 0
    assert (ETC / "main.cf").read_bytes() == (
        b"# mine\n" + stock["main.cf"] + b"message_size_limit = 12345678\n")


def test_a_changed_block_is_left(stock, setup):
    setup("--apply")
    text = (ETC / "main.cf").read_text().replace("command_timeout=30s", "command_timeout=5s")
    (ETC / "main.cf").write_text(text)
    done = setup("--undo")
    assert done.returncode == 1
    assert "main.cf:" in done.stderr and "changed since" in done.stderr
    assert (ETC / "main.cf").read_text() == text


def test_another_filter_stays(stock, setup):
    with open(ETC / "main.cf", "a") as file:
        file.write("smtpd_milters = inet:localhost:8891,\n    inet:localhost:8892")
    before = (ETC / "main.cf").read_bytes()
    done = setup("--apply")
    assert postconf("smtpd_milters").endswith(
        "}, inet:localhost:8891, inet:localhost:8892")
    assert "inet:localhost:8891" in done.stdout
    setup("--undo")
    assert (ETC / "main.cf").read_bytes() == before


def test_a_bad_main_cf_is_put_back(stock, setup):
    """postfix check speaks against it: as before, and the status tells."""
    with open(ETC / "main.cf", "a") as file:
        file.write("inet_interfaces = 192.0.2.300\n")
    before = (ETC / "main.cf").read_bytes()
    done = setup("--apply")
    assert done.returncode != 0 and done.stderr
    assert (ETC / "main.cf").read_bytes() == before


def test_a_content_filters_way_back(stock, setup):
    """Judged once: what comes back in from the filter is let pass."""
    with open(ETC / "master.cf", "a") as file:
        file.write("10027 inet n - n - - smtpd\n  -o content_filter=\n"
                   "  -o receive_override_options=no_address_mappings\n"
                   "  # and a comment\n"
                   "10028 inet n - n - - smtpd\n  -o content_filter=\n"
                   "  -o receive_override_options=no_milters")
    before = (ETC / "master.cf").read_bytes()
    assert setup("--apply").returncode == 0
    shown = subprocess.run(["postconf", "-P"], capture_output=True, text=True).stdout
    assert ("10027/inet/receive_override_options = no_address_mappings,no_milters"
            in shown)
    assert "nothing to do" in setup().stdout
    assert setup("--undo").returncode == 0
    assert (ETC / "master.cf").read_bytes() == before
    assert (ETC / "main.cf").read_bytes() == stock["main.cf"]


WARNINGS = {
    "content_filter = scan:[127.0.0.1]:10025": "way back",
    "non_smtpd_milters = unix:saywhy/milter.sock": "non_smtpd_milters",
    "smtpd_proxy_filter = 127.0.0.1:10026": "do not see the body",
    "smtpd_delay_reject = no": "without sender and recipient",
    "smtpd_peername_lookup = no": "no name",
}


@pytest.mark.parametrize("line", WARNINGS)
def test_it_warns(stock, setup, line):
    with open(ETC / "main.cf", "a") as file:
        file.write(line + "\n")
    with open(ETC / "master.cf", "a") as file:
        file.write("10027 inet n - n - - smtpd\n  -o content_filter=\n"
                   "submission inet n - y - - smtpd\n  -o smtpd_milters=\n")
    shown = " ".join(setup().stdout.split())
    assert WARNINGS[line] in shown
    assert "submission has smtpd_milters of its own (none)" in shown


def test_a_socket_that_a_chroot_cannot_reach(stock, build, box):
    conf = box / "outside.conf"
    conf.write_text(CONF.replace("/var/spool/postfix/saywhy/m", "/run/saywhy/m"))
    done = subprocess.run([build / "saywhy", "setup", "-c", conf],
                          capture_output=True, text=True)
    shown = " ".join(done.stdout.split())
    assert "chroot" in shown and "below /var/spool/postfix/saywhy" in shown
    assert "smtpd_milters" not in done.stdout


def test_without_postfix(build, box, setup):
    done = subprocess.run(
        [build / "saywhy", "setup", "-c", box / "setup.conf", "--postfix", "/nowhere"],
        capture_output=True, text=True)
    assert done.returncode == 69


def test_verify(stock, setup, saywhyd):
    """The real thing: chroot, sockets below the queue, apply, verify, undo."""
    daemon = start(saywhyd)
    daemon.stop()
    conf = daemon.completed(CONF)
    daemon.conf.write_text(conf)
    run = [daemon.tool, "setup", "-c", daemon.conf]
    daemon.listens = lambda: process.listens_at(SPOOL / "saywhy/reply.sock")
    daemon.start()
    subprocess.run(["postconf", "-e", "maillog_file=/dev/stdout"], check=False)
    subprocess.run(["postconf", "-X", "maillog_file"], check=True)
    subprocess.run(["postfix", "start"], check=True, capture_output=True)
    try:
        process.wait_until(lambda: process.listens(25), "port 25")
        refused = subprocess.run([*run, "--verify"], capture_output=True, text=True)
        assert refused.returncode == 1 and "no id" in refused.stdout
        done = subprocess.run([*run, "--apply", "--verify"], capture_output=True,
                              text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        assert '"reason":"mailbox-unknown"' in done.stdout
        with smtp.Client(25, host="192.0.2.1", address="192.0.2.7") as client:
            reply = smtp.play(client, "EHLO x.example\nMAIL FROM:<a@sender.example>\n"
                                      "RCPT TO:<b@elsewhere.example>")
        assert (reply.code, reply.status, len(reply.lines)) == (550, "5.7.1", 3)
        assert subprocess.run([*run, "--undo"]).returncode == 0
    finally:
        subprocess.run(["postfix", "stop"], check=True, capture_output=True)


def test_sendmail_gets_lines_to_copy(build, box, setup):
    """Those of conf/check_rcpt.m4, with the sockets in their places."""
    m4 = pathlib.Path(__file__).parent.parent.parent / "conf/check_rcpt.m4"
    pathlib.Path("/etc/mail").mkdir(exist_ok=True)
    pathlib.Path("/etc/mail/sendmail.mc").touch()
    hidden = ("mount --bind /dev/null /usr/sbin/postconf && "
              f"exec {build}/saywhy setup -c {box}/setup.conf $0")
    done = subprocess.run(["unshare", "-m", "sh", "-c", hidden, "--config=" + str(box / "setup.conf")],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "INPUT_MAIL_FILTER(`saywhy', `S=unix:/var/spool" in done.stdout
    lines = [line for line in m4.read_text().splitlines()
             if line and not line.startswith("dnl")]
    assert [line for line in lines if not line.startswith("Kcheck")] == [
        line for line in done.stdout.splitlines() if line in lines]
    assert "Kcheck_rcpt socket -t -d10 local:/var/spool" in done.stdout


def test_sendmail_with_nobody_there(build, box, setup):
    path, conf = box / "nobody.mc", box / "nobody.conf"
    path.write_text("MAILER(`smtp')dnl\n")
    conf.write_text(CONF.replace("/var/spool/postfix/saywhy/", f"{box}/nobody-"))
    refused = subprocess.run([build / "saywhy", "setup", "--apply", "--sendmail", path, "-c", conf],
                             capture_output=True, text=True)
    assert refused.returncode == 69 and "nobody-milter.sock" in refused.stderr
    assert path.read_text() == "MAILER(`smtp')dnl\n"


@pytest.mark.parametrize("mc", ["FEATURE(`access_db')dnl\nFEATURE(`ratecontrol')dnl\nMAILER(`smtp')dnl\n",
                                "LOCAL_RULESETS\nSLocal_check_mail\nR$*\t\t$@ OK",
                                "LOCAL_RULESETS\nSLocal_check_mail\nR$*good.example\t\t$# OK"])
def test_a_sendmail_mc_adopted_and_undone(build, box, setup, stock, mc):
    """Its end is ours; what was before it stays byte for byte."""
    path, conf = box / "site.mc", box / "setup.conf"
    path.write_text(mc)
    pathlib.Path("/etc/mail").mkdir(exist_ok=True)
    pathlib.Path("/etc/mail/access").write_text("From:bad.example\tREJECT\n")
    before = conf.read_bytes()
    done = setup("--adopt", "--apply", "--sendmail", path)
    assert done.returncode == 0, done.stderr
    text = path.read_text()
    assert text.startswith(mc)
    assert "INPUT_MAIL_FILTER(`saywhy', `S=unix:/var/spool" in text
    assert "\nSLocal_check_relay\n" in text[len(mc):]
    # The code of storage is none of a rate's.
    assert ("define(`_RATE_CONTROL_REPLY', `450')" in text) == ("ratecontrol" in mc)
    # Before rules of theirs, unless those let somebody pass.
    assert ("\nSLocal_check_mail\n" in text[len(mc):]) == ("$# OK" not in mc)
    assert ("Local_check_mail is yours" in done.stdout) == ("SLocal_check_mail" in mc)
    assert ("saywhy is not asked there" in done.stdout) == ("$# OK" in mc)
    rules = text[text.index("\nLOCAL_RULE_3\n"):text.index("\nLOCAL_RULESETS\n", len(mc))]
    assert ("SLocal_check_mail" in rules) == ("$@ OK" in mc)
    assert "sender-domain-nonexistent" in (box / "adopted.conf").read_text()
    assert setup("--adopt", "--apply", "--sendmail", path).returncode == 0
    assert path.read_text() == text  # the same block once
    assert setup("--undo", "--sendmail", path).returncode == 0
    assert path.read_text() == mc
    assert conf.read_bytes() == before and not (box / "adopted.conf").exists()
