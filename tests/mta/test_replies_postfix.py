"""Every reply of the list, made anew by real Postfix, is still the same."""

import pytest

import milter
import postfix as postfix_mta
import replies
import smtp
from postfix_stories import STORIES

LIST = "postfix-3.7.tsv"


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
def ports(postfix, watcher):
    if not postfix_mta.version().startswith("3.7."):
        pytest.skip("the list is that of Postfix 3.7")
    sites = [{"smtpd_milters": watcher.address} | s.site for s in STORIES]
    return dict(zip((s.name for s in STORIES), postfix.listen_all(sites)))


@pytest.mark.parametrize("story", STORIES, ids=repr)
def test_reply(story, ports, watcher, rows):
    watcher.refused.clear()
    port = ports[story.name]
    with smtp.Client(port, story.host, story.address, early=story.early) as client:
        reply = smtp.play(client, story.dialogue)
    assert not reply.ok, reply
    rows.hold(story, story.row(reply, watcher.refused))


def test_list_is_whole(rows):
    if rows.update:
        pytest.skip("the list is being written")
    assert list(rows.rows) == [s.name for s in STORIES]
    assert len(rows.distinct()) >= 40


@pytest.mark.parametrize("story", STORIES, ids=repr)
def test_reasons_are_of_the_catalogue(story):
    assert set(story.reason.split()) <= replies.reasons()
