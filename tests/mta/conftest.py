"""conftest - what the tests share: the box, the name server, both MTAs

The whole run happens in a box (see the script of that name), which needs root.
Each MTA starts once; every set of options that a test wants is a port of it.
"""

import fcntl
import functools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

import forky
import liar
import loghost
import names
import packages
import players
import postfix as postfix_mta
import saywhyd as saywhyd_daemon
import sendmail as sendmail_mta
import valkey

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
LOGIN, PASSWORD = "user@example.org", "secret"
# A folder that all runs beside each other share (see the script run).
CLAIMS = os.environ.get("SAYWHY_CLAIMS")


def pytest_addoption(parser):
    parser.addoption(
        "--build", default=os.environ.get("SAYWHY_BUILD", str(TOP / "build")),
        help="folder where saywhyd and saywhy were built",
    )
    parser.addoption(
        "--update", action="store_true",
        help="write the list files of replies anew instead of comparing",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    """Enter the box, with what can be fetched only outside of it."""
    if os.environ.get("SAYWHY_BOX") == "inside" or config.option.collectonly:
        return
    if os.geteuid() != 0:
        pytest.exit("tests/mta needs root (network and mount namespaces)", 0)
    packages.cache().mkdir(parents=True, exist_ok=True)
    with open(packages.cache() / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one run fetches, the others find it there
        os.environ["SAYWHY_FORKY"] = str(forky.archive() or "")
        os.environ.setdefault("SAYWHY_TRIXIE", "")
        if os.environ.get("SAYWHY_TRUTH") or (  # no other test asks for it
                os.environ.get("SAYWHY_SOAK_MTA") == "postfix310"):
            os.environ["SAYWHY_TRIXIE"] = str(forky.archive("trixie") or "")
        os.environ["SAYWHY_SENDMAIL"] = str(packages.unpacked() or "")
        os.environ["SAYWHY_VALKEY"] = str(valkey.archive() or "")
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    config.pluginmanager.getplugin("capturemanager").suspend_global_capture(True)
    sys.stdout.flush()
    os.execv(
        HERE / "box",
        ["box", sys.executable, "-m", "pytest", *config.invocation_params.args],
    )


@functools.lru_cache(maxsize=None)
def is_ours(name):
    """Whether this run is the first to begin that file of tests."""
    try:
        os.close(os.open(f"{CLAIMS}/{name}", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item):
    """True: another run plays it."""
    return True if CLAIMS and not is_ours(item.path.name) else None


@pytest.fixture(scope="session")
def box():
    """The folder in memory where everything of this run lies."""
    return pathlib.Path("/srv")


@pytest.fixture(scope="session")
def dns(box):
    server = names.NameServer(box / "dns")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey_server(box):
    """The words that run Debian 13's, where it could be downloaded."""
    packed = os.environ["SAYWHY_VALKEY"]
    if not packed:
        pytest.skip("Valkey could not be downloaded (debootstrap, apt)")
    return valkey.unpack(packed, box / "valkey")["valkey-server"]


@pytest.fixture(scope="session")
def sendmail_packages():
    folder = os.environ["SAYWHY_SENDMAIL"]
    if not folder:
        pytest.skip("the packages of Sendmail could not be downloaded")
    return pathlib.Path(folder)


@pytest.fixture(scope="session")
def sasl(box, sendmail_packages):
    """The command that adds a user: -u REALM USER follows."""
    return [sendmail_packages / "usr/sbin/saslpasswd2", "-p", "-c",
            "-f", box / "sasl.db"]


@pytest.fixture(scope="session")
def sasl_db(box, sasl):
    """One user who can log in to either MTA."""
    user, realm = LOGIN.split("@")
    subprocess.run([*sasl, "-u", realm, user], input=PASSWORD, text=True, check=True)
    shutil.chown(box / "sasl.db", "postfix", "postfix")
    return box / "sasl.db"


@pytest.fixture(scope="session")
def tls_pem():
    """Key and certificate in one file, as both MTAs take them."""
    with tempfile.TemporaryDirectory(dir="/srv") as folder:
        key, cert = f"{folder}/key", f"{folder}/cert"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=mx.example.org", "-keyout", key, "-out", cert],
            check=True, stderr=subprocess.DEVNULL,
        )
        return (pathlib.Path(key).read_bytes() + pathlib.Path(cert).read_bytes())


@pytest.fixture(scope="session")
def postfix(box, dns, sasl_db, tls_pem):
    mta = postfix_mta.Postfix(box / "postfix", sasl_db, tls_pem)
    mta.start()
    yield mta
    mta.stop()


@pytest.fixture(scope="session")
def postfix311(box, dns, sasl_db, tls_pem):
    """The same of Debian's next release, where it could be downloaded."""
    packed = os.environ["SAYWHY_FORKY"]
    if not packed:
        pytest.skip("Postfix 3.11 could not be downloaded (debootstrap, apt)")
    root = forky.unpack(packed, box / "forky")
    mta = forky.Postfix(root, box / "postfix311", sasl_db, tls_pem)
    mta.start()
    yield mta
    mta.stop()


@pytest.fixture(scope="session")
def postfix310(box, dns, sasl_db, tls_pem):
    """That of Debian 13; SAYWHY_TRUTH asks for it, or the soak."""
    packed = os.environ["SAYWHY_TRIXIE"]
    if not packed:
        pytest.skip("Postfix 3.10 could not be downloaded, or is not asked for")
    root = forky.unpack(packed, box / "trixie")
    mta = forky.Postfix(root, box / "postfix310", sasl_db, tls_pem, 4200)
    mta.start()
    yield mta
    mta.stop()


@pytest.fixture(scope="session")
def sendmail_tree(dns, sendmail_packages, sasl_db, tls_pem):
    return sendmail_mta.Tree(sendmail_packages, sasl_db, tls_pem)


@pytest.fixture(scope="session")
def sendmail_site(box, sendmail_tree):
    """A function that starts a site; all are ended with the run."""
    sites = []

    def site(change=None, **arguments):
        """change: what is done to its sendmail.mc before it starts."""
        folder = box / f"sendmail{len(sites)}"
        sites.append(sendmail_mta.Sendmail(sendmail_tree, folder, **arguments))
        if change:
            change(sites[-1].mc)
        return sites[-1].start()

    yield site
    for running in sites:
        running.stop()


@pytest.fixture(scope="session")
def build(request):
    folder = pathlib.Path(request.config.option.build)
    if not (folder / "saywhyd").exists():
        pytest.skip(f"no saywhyd in {folder} (--build or SAYWHY_BUILD tells)")
    return folder


@pytest.fixture(scope="module")
def saywhyd(box, build, dns):
    """A function that starts a filter; all are ended with the module."""
    running = []

    def start(more="", mode="enforce", **arguments):
        folder = pathlib.Path(tempfile.mkdtemp(dir=box)) / "saywhyd"
        folder.parent.chmod(0o755)
        running.append(saywhyd_daemon.Saywhyd(
            build, folder, more, mode, **arguments))
        return running[-1].start()

    yield start
    status = [daemon.stop() for daemon in running]
    for daemon, ended in zip(running, status):
        assert ended in (0, None), daemon.log()
        assert "runtime error" not in daemon.log()  # of a sanitizer


@pytest.fixture(scope="module")
def syslog():
    """What is said to /dev/log of the box."""
    host = loghost.LogHost("/dev/log")
    yield host
    host.stop()


@pytest.fixture
def tells(box, build):
    """A function that starts a DNS server of the test's own; see liar.py."""
    running = []

    def start(*words, port=0):
        folder = pathlib.Path(tempfile.mkdtemp(dir=box))
        running.append(liar.Liar(build, folder, "\n".join(words) + "\n", port))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def player(saywhyd, tells, box, build, request):
    """A function: the player of this MTA for a configuration.

    DNS says what the scenario says, and that every sender's domain exists.
    """

    folder = pathlib.Path(tempfile.mkdtemp(dir=box))
    folder.chmod(0o755)
    (folder / "clock").write_text("0")
    clock = {"LD_PRELOAD": str(build / "clock-step.so"), "CLOCK_STEP": str(folder / "clock")}

    def make(mta, conf, statements):
        given = [s.rest for s in statements if s.verb == "DNS"]
        conf += tells(". MAIL -", *given).conf
        if any(s.verb == "WAIT" for s in statements):
            conf += 'counters-file = ""\n'
            daemon = saywhyd(conf=conf, environment=clock)
        else:
            daemon = saywhyd(conf=conf)
        if mta != "sendmail":
            return players.Postfix(daemon, request.getfixturevalue(mta), statements)
        return players.Sendmail(
            daemon, *map(request.getfixturevalue, ("sendmail_site", "dns", "sasl")),
            statements)

    yield make
    if "dns" in request.fixturenames:
        request.getfixturevalue("dns").serve()
