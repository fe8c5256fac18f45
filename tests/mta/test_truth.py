"""Of each way to refuse: are the words true, and is it recorded once?

SAYWHY_TRUTH=all plays every story, else it is every third; any other value is a
regular expression for names. The tables are printed (make check-truth), and with
SAYWHY_TRUTH_TEXTS=FILE what was said is written to FILE-MTA, to be read.
"""

import os
import re
import socket
import time

import pytest

import beside
import milter
import others
import postfix_stories
import postfix_stories_others
import postfix_stories_rare
import process
import sendmail_stories
import sendmail_stories_others
import sendmail_stories_rare
import test_check_rcpt
import truth
from test_watch import as_logged

WANTED = os.environ.get("SAYWHY_TRUTH", "")
TEXTS = os.environ.get("SAYWHY_TRUTH_TEXTS")
STORIES = (postfix_stories.STORIES + postfix_stories_others.STORIES +
           postfix_stories_rare.STORIES)
SENDMAIL = (sendmail_stories.STORIES + sendmail_stories_others.STORIES +
            sendmail_stories_rare.STORIES)
# Refusals that nobody can know of: postscreen(8) neither asks nor logs.
UNSEEN = {"screen-command": 0, "screen-tls": 0, "screen-helo": 0}
# The smtpd(8) behind postscreen(8) has neither our filter nor our map here, and
# logs nothing when it breaks off at once, as some versions do now and then.
BROKEN_OFF = "SMTP protocol synchronization"
# Two on the wire: what follows from the first has no record of its own.
FOLLOWS = {"data-no-rcpt": 1}
# The client does not wait for the reply to its handshake.
UNREAD = {"rate-tls": 2}
RECORDS = UNSEEN | FOLLOWS | UNREAD
VERSIONS = {"postfix": (3, 7), "postfix310": (3, 10), "postfix311": (3, 11)}


def chosen(stories):
    if WANTED == "all":
        return stories
    if WANTED:
        return [s for s in stories if re.search(WANTED, s.name)]
    return stories[::3]


@pytest.fixture(scope="module")
def others_beside(box):
    """Everybody else who refuses."""
    servers = [
        others.policy_server(postfix_stories_others.POLICY, postfix_stories_others.ANSWERS),
        others.smtp_server(postfix_stories_others.SINK, postfix_stories_others.SINK_SAYS)]
    filters = [milter.Watcher(box / f"other-{key}.sock", {letter: packet})
               for key, (letter, packet) in postfix_stories_others.FILTER_SAYS.items()]
    silent = socket.socket(socket.AF_UNIX)  # takes connections, answers nothing
    silent.bind(str(box / "silent.sock"))
    (box / "silent.sock").chmod(0o666)
    silent.listen(64)
    yield
    silent.close()
    for server in servers:
        server.shutdown()
        server.server_close()
    for filter_ in filters:
        filter_.stop()


OVER = re.compile(r"disconnect from(?! localhost)|DISCONNECT|HANGUP|lost connection|PASS OLD")


def gained(mta, before):
    """What the log has more, once the session is over; no look at a port."""
    try:
        process.wait_until(lambda: OVER.search(mta.log()[before:]), "the log", 10)
    except TimeoutError:
        pass
    time.sleep(0.1)
    return "".join(line for line in mta.log()[before:].splitlines(True)
                   if "localhost[" not in line and "[127.0.0.1]" not in line)


def settle(daemon):
    """A session's last record is written when it is over."""
    try:
        process.wait_until(lambda: daemon.sessions() == 0, "the sessions", 10)
    except TimeoutError:
        pass


def stock_reply(story, port):
    played = beside.play(story, port)
    return played.wire[-1] if played.wire else None


def play_all(mta, version, daemon, build, box, stories):
    conf = box / f"plain-{version[1]}.conf"
    conf.write_text('name = "mx.example.org"\nmode = observe\n')
    ports = mta.listen_all([s.site for s in stories] +
                           [beside.site(daemon, s, version) for s in stories])
    stock = dict(zip((s.name for s in stories), ports))
    ports = ports[len(stories):]
    beside.tell_submission(daemon, [port for story, port in zip(stories, ports)
                                    if story.submission])
    all_played, before = [], {}
    for story, port in zip(stories, ports):
        if RECORDS.get(story.name) is not None:
            story.records = RECORDS[story.name]
        story.follows = story.name in FOLLOWS
        log = len(mta.log())
        before[story.name] = stock_reply(story, stock[story.name])
        gained(mta, log)  # a late line of it would count for ours
        log, seen = len(mta.log()), len(daemon.records())
        played = beside.play(story, port)
        played.log = gained(mta, log)
        settle(daemon)
        if story.site.get("program") == "postscreen" and any(
                BROKEN_OFF in reply.literal for reply in played.wire):
            story.records = 0
        played.live = [r for r in daemon.records()[seen:]
                       if r["client"].get("address") in (None, story.address)]
        all_played.append(played)
    beside.add_watched(build, daemon, all_played, conf)
    for one in all_played:
        one.logged = [r for r in one.logged if
                      r["client"].get("address", one.story.address) == one.story.address]
    return [truth.Verdict(one, before[one.story.name]) for one in all_played]


def explain(verdict):
    """What is wrong with a story, with all that came of it."""
    lines = [f"{verdict.story}: {'; '.join(verdict.wrong)}"]
    if not verdict.right:
        lines.append(f"    code, right {sorted(verdict.good())}")
    if verdict.stock:
        lines.append(f"    stock {verdict.stock.literal[:200]}")
    lines += [f"    wire  {reply.literal[:400]}" for reply in verdict.played.wire]
    for record in verdict.played.records:
        source = "log" if record in verdict.played.logged else "live"
        lines.append(f"    {source:4}  " + " ".join(str(part) for part in (
            record["issuer"], record["outcome"], record["stage"], record.get("reason"),
            record["client"].get("address"), record.get("sender"), record["recipients"],
            record.get("queue_id"), record["time"][17:],
            (record.get("reply") or {}).get("lines", [])[:1])))
    lines += [f"    LOG   {line[16:200]}" for line in verdict.played.log.splitlines()
              if not re.search(r"\]: (dis)?connect", line)]
    return "\n".join(lines)


def sendmail_site(site, daemon):
    """The site with our filter and our map, as setup would have them."""
    ports = []
    for port in site.get("ports", [{}]):
        asked = port.get("filter", "")
        if "saywhy" not in asked:
            asked = "saywhy" + (f";{asked}" if asked else "")
        ports.append(port | {"filter": asked})
    filters = {"saywhy": (daemon.address, "T")} | site.get("filters", {})
    rules = site.get("rules", "")
    if "Local_check_rcpt" not in rules:
        rules += test_check_rcpt.lines(daemon)
    return site | {"ports": ports, "filters": filters, "rules": rules, "log_level": 9}


def stock_site(site):
    """Without ours."""
    ports = [port | {"filter": ";".join(name for name in port.get("filter", "").split(";")
                                        if name and name != "saywhy")}
             for port in site.get("ports", [{}])]
    return site | {"ports": ports, "log_level": 9}


def is_known(reply, played):
    """Is it in the log, or seen live?"""
    words = re.sub(r"^<[^>]*>\.\.\. ", "", reply.texts[0])
    # Sendmail logs an octet as \303 and sends it without its eighth bit.
    log = re.sub(r"\\([0-3]\d\d)", lambda octet: chr(int(octet[1], 8) & 0x7f), played.log)
    lines = [line for record in played.live for key in ("reply", "was")
             for line in (record.get(key) or {}).get("lines", [])]
    return words in log or any(words.startswith(line) or line.startswith(words)
                                      for line in lines) or (
        reply.code == 535 and "AUTH failure" in played.log) or (
        reply.code == 554 and "rejecting commands" in played.log)


def play_sendmail(start, daemon, syslog, build, box, stories):
    conf = box / "plain-sendmail.conf"
    conf.write_text('name = "mx.example.org"\nmode = observe\n')
    sites = (sendmail_stories.SITES | sendmail_stories_others.SITES |
             sendmail_stories_rare.SITES)
    names = {s.site["site"] for s in stories}
    stock = {name: start(**stock_site(sites[name])).ports for name in names}
    ports = {name: start(**sendmail_site(sites[name], daemon)).ports for name in names}
    all_played, before = [], {}
    for story in stories:
        name, number = story.site["site"], story.site["port"]
        before[story.name] = stock_reply(story, stock[name][number])
        time.sleep(0.1)
        log, seen = len(syslog.lines), len(daemon.records())
        played = beside.play(story, ports[name][number])
        time.sleep(0.3)
        settle(daemon)
        played.log = "".join(line for line in as_logged(syslog.lines[log:]).splitlines(True)
                             if not re.search(r"\[127\.0\.0\.1\]|addr=127\.0\.0\.1", line))
        played.live = [r for r in daemon.records()[seen:]
                       if r["client"].get("address") in (None, story.address)]
        story.records = sum(is_known(reply, played) for reply in played.wire) + (
            1 if story.outcome else 0)
        all_played.append(played)
    beside.add_watched(build, daemon, all_played, conf)
    return [truth.Verdict(one, before[one.story.name]) for one in all_played]


@pytest.fixture(scope="module", params=[*VERSIONS, "sendmail"])
def verdicts(request, saywhyd, build, box, others_beside):
    daemon = beside.start(saywhyd)
    if request.param == "sendmail":
        tree, start, syslog = map(request.getfixturevalue,
                                  ("sendmail_tree", "sendmail_site", "syslog"))
        tree.makemap("/etc/mail/access", sendmail_stories.ACCESS + sendmail_stories_rare.ACCESS)
        found = play_sendmail(start, daemon, syslog, build, box, chosen(SENDMAIL))
    else:
        mta = request.getfixturevalue(request.param)
        found = play_all(mta, VERSIONS[request.param], daemon, build, box, chosen(STORIES))
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        for verdict in found:
            if verdict.wrong or (not verdict.right and request.param == "postfix311"):
                print(explain(verdict))
        print("\n" + "\n".join(truth.table(f"{request.param}", found)))
    if TEXTS:  # to be read
        with open(f"{TEXTS}-{request.param}", "w") as out:
            out.writelines(f"{v.story.name}\t{v.story.true}\t{v.reply and v.reply.literal}\n"
                           for v in found)
    return found


def names(verdicts, wrong):
    """The stories of which that is so."""
    return {v.story.name for v in verdicts if wrong(v)}


def test_one_record_each(verdicts):
    assert names(verdicts, lambda v: not v.once) == set()


def test_nothing_is_made_worse(verdicts):
    assert names(verdicts, lambda v: v.stock_right and not v.right) == set()


def test_no_text_is_false(verdicts):
    assert names(verdicts, lambda v: v.reply and v.false) == set()


def test_words_of_others_stay(verdicts):
    assert names(verdicts, lambda v: v.reply and v.kept) == set()


def test_each_tells_who_and_what(verdicts):
    assert names(verdicts, lambda v: v.reply and (v.helpless or v.mistaken)) == set()


def test_facts_of_the_record(verdicts):
    assert names(verdicts, lambda v: v.wanted and not v.facts_right) == set()


def test_reason_of_the_record(verdicts):
    known = [v for v in verdicts if v.wanted]
    assert share(known, lambda v: v.reason_right) >= 97, \
        names(known, lambda v: not v.reason_right)


def test_codes(verdicts, request):
    """Before Postfix 3.11 and on Sendmail what others say leaves as it is."""
    if "postfix311" not in request.node.name:
        pytest.skip("here the MTA's own code stays")
    assert share(verdicts, lambda v: v.right) >= 97, names(verdicts, lambda v: not v.right)


def share(verdicts, right):
    return 100 * sum(bool(right(v)) for v in verdicts) / max(len(verdicts), 1)
