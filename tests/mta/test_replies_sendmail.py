"""Every reply of the list, made anew by real Sendmail, is still the same."""

import pytest

import milter
import replies
import smtp
from sendmail_stories import ACCESS, SITES, STORIES

LIST = "sendmail-8.17.tsv"


@pytest.fixture(scope="module")
def rows(request):
    kept = replies.ReplyList(LIST, request.config.option.update)
    yield kept
    kept.finish()


@pytest.fixture(scope="module")
def watcher(box):
    filter_ = milter.Watcher(box / "watcher.sock")
    yield filter_
    filter_.stop()


@pytest.fixture(scope="module")
def ports(sendmail_tree, sendmail_site, watcher):
    """A function: the port of a story; its site starts when first asked for."""
    if not sendmail_tree.version().startswith("8.17."):
        pytest.skip("the list is that of Sendmail 8.17")
    sendmail_tree.makemap("/etc/mail/access", ACCESS)
    started = {}

    def port(story):
        name = story.site["site"]
        if name not in started:
            started[name] = sendmail_site(**watched(SITES[name], watcher)).ports
        return started[name][story.site["port"]]

    return port


def watched(site, watcher):
    """The site with the watcher on every port that has no filter."""
    ports = [{"filter": "watcher"} | p for p in site.get("ports", [{}])]
    filters = {"watcher": (watcher.address, "T")} | site.get("filters", {})
    return site | {"ports": ports, "filters": filters}


@pytest.mark.parametrize("story", STORIES, ids=repr)
def test_reply(story, ports, watcher, rows):
    port = ports(story)
    watcher.refused.clear()
    with smtp.Client(port, story.host, story.address, early=story.early) as client:
        reply = smtp.play(client, story.dialogue)
    assert not reply.ok, reply
    rows.hold(story, story.row(reply, watcher.refused))


def test_list_is_whole(rows):
    if rows.update:
        pytest.skip("the list is being written")
    assert list(rows.rows) == [s.name for s in STORIES]
    assert len(rows.distinct()) >= 25


@pytest.mark.parametrize("story", STORIES, ids=repr)
def test_reasons_are_of_the_catalogue(story):
    assert set(story.reason.split()) <= replies.reasons()
