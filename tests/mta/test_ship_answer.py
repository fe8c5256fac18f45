"""`saywhy show` asks the `saywhy ship` of its host, which is connected already.

Whatever comes of that, it is answered: by the store itself, in its own time.
"""

import socket
import time

import pytest

import postgresql
import process
from test_ship import empty, host, ident, server, stored  # noqa: F401
from test_store import append

pytestmark = pytest.mark.skipif(
    postgresql.programs() is None, reason="there is no PostgreSQL here")


@pytest.fixture
def shipping(host):  # noqa: F811
    """A host that has shipped ten records and goes on."""
    one = host()
    append(one.records, 0, 10)
    one.ship()
    process.wait_until(one.caught_up, "the records")
    one.socket = one.folder / "ship.state.sock"
    process.wait_until(one.socket.exists, "the socket")
    return one


def blind(one):
    """The same host with a store that is not there: what it shows is told by ship."""
    text = one.conf.read_text()
    one.conf.write_text(text.replace("host=", "host=/nonexistent"))
    return text


def shows(one, n):
    done = one.tool("show", ident(n))
    return done.returncode == 0 and ident(n) in done.stdout


def test_told_by_ship(shipping):
    text = blind(shipping)
    assert shows(shipping, 3) and shows(shipping, 7)
    assert shipping.tool("show", ident(99)).returncode == 66
    shipping.conf.write_text(text)
    assert shipping.tool("show", ident(99)).returncode == 1
    assert shipping.socket.stat().st_mode & 0o777 == 0o600
    assert shipping.socket.owner() == "nobody"
    shipping.stop()
    assert not shipping.socket.exists()
    assert shows(shipping, 3)


def test_the_server_starts_again(shipping, empty):  # noqa: F811
    assert shows(shipping, 1)
    empty.kill()
    assert shipping.tool("show", ident(1)).returncode == 66
    empty.start()
    # The last half second of before the end comes again.
    process.wait_until(lambda: shows(shipping, 1), "the records to be there again")
    blind(shipping)
    process.wait_until(lambda: shows(shipping, 1), "ship to be connected")


def test_killed(shipping):
    """Its socket stays, and the next one takes its place."""
    shipping.kill()
    assert shipping.socket.exists() and shows(shipping, 2)
    shipping.ship()
    process.wait_until(lambda: shipping.log().count("shipping ") == 2, "the next one")
    blind(shipping)
    process.wait_until(lambda: shows(shipping, 2), "its socket")


def test_somebody_who_hangs(shipping):
    """He has a second, and who asks behind him is answered all the same."""
    blind(shipping)
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(str(shipping.socket))
        began = time.monotonic()
        assert shows(shipping, 4)
        assert time.monotonic() - began > .5
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(str(shipping.socket))
        link.sendall(b"x" * 70000)
        assert shows(shipping, 4)


def test_no_place_for_a_socket(host, empty):  # noqa: F811
    one = host()
    long = one.folder / ("s" * 120)
    one.conf.write_text(one.conf.read_text().replace(
        f'ship-state = "{one.ship_state}"', f'ship-state = "{long}"'))
    one.ship_state = long
    append(one.records, 0, 10)
    one.ship()
    process.wait_until(one.caught_up, "the records")
    assert stored(empty) == (10,) * 3 and shows(one, 5)
    assert "saywhy show asks the store itself" in one.log()
