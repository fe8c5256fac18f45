"""Of each way to refuse: is what is told true, and is it recorded once?"""

import os
import re
import time

import pytest

import beside
import postfix_stories
import process

PART = os.environ.get("SAYWHY_TRUTH", "")


def settle(postfix, before):
    try:
        process.wait_until(
            lambda: re.search(r"disconnect from(?! localhost)|DISCONNECT|HANGUP|lost connection|PASS OLD", postfix.log()[before:]),
            "the log", 8)
    except TimeoutError:
        print("NO LOG")
    time.sleep(0.15)
    return "".join(line for line in postfix.log()[before:].splitlines(True)
                   if "localhost[" not in line and "[127.0.0.1]" not in line)


def run(mta, version, saywhyd, build, box, stories):
    daemon = beside.start(saywhyd)
    conf = box / f"plain-{version[1]}.conf"
    conf.write_text('name = "mx.example.org"\nmode = observe\n')
    ports = mta.listen_all([beside.site(daemon, s, version) for s in stories])
    all_played = []
    for story, port in zip(stories, ports):
        print(story, end=" ", flush=True)
        log, seen = len(mta.log()), len(daemon.records())
        played = beside.play(story, port)
        played.log = settle(mta, log)
        played.live = [r for r in daemon.records()[seen:]
                       if r["client"].get("address") != "127.0.0.1"]
        all_played.append(played)
    beside.add_watched(build, daemon, all_played, conf)
    for one in all_played:
        one.logged = [r for r in one.logged
                      if r["client"].get("address", one.story.address) == one.story.address]
    return all_played


def show(name, all_played):
    good = 0
    for one in all_played:
        n, m = len(one.wire), len(one.records)
        if n == m:
            good += 1
            continue
        print(f"== {one.story}: wire {n}, live {len(one.live)}, log {len(one.logged)}")
        for reply in one.wire:
            print("   wire", reply.literal[:150])
        for r in one.records:
            print("   ", "log " if r in one.logged else "live", r["stage"], r.get("reason"), r["issuer"],
                  r["client"].get("address"), r.get("sender"), r["recipients"],
                  r.get("reply"), r.get("was", {}).get("lines"))
        for line in one.log.splitlines():
            if "reject" in line or "warning" in line or "limit" in line or "screen" in line:
                print("   LOG", line[16:220])
    print(f"{name}: one record each: {good}/{len(all_played)}")


@pytest.mark.parametrize("mta", ["postfix", "postfix311"])
def test_truth(mta, saywhyd, build, box, request):
    stories = [s for s in postfix_stories.STORIES if re.search(PART, s.name)]
    version = (3, 11) if mta == "postfix311" else (3, 7)
    played = run(request.getfixturevalue(mta), version, saywhyd, build, box, stories)
    show(mta, played)
