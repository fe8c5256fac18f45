"""replies - list files of what real MTAs say when they refuse

A row is the name of a story, how the reply is made, the reasons that count as
right for it (blank between them), the full reply with CR LF written as \\r\\n,
and the form in which SMFIP_RCPT_REJ shows it to a filter ({rcpt_host} and
{rcpt_addr}), or - where the MTA does not show it. What differs from run to run
stands in the list with a fixed value.
"""

import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
CATALOGUE = HERE.parent.parent / "milter/words/reasons.def"
HEAD = "name\thow\treason\treply\tcut"

VOLATILE = [
    (re.compile(r"\[192\.0\.2\.1\]:\d+"), "[192.0.2.1]:25"),
    (re.compile(r"P24\d\d\d"), "MTA"),
    (re.compile(r"\b[0-9A-F]{9,12}\b"), "9C3D1404D6"),
    (re.compile(r"\b\w{3}, +\d+ \w{3} \d{4} [\d:]{8} [+-]\d{4}"),
     "Sat, 22 Aug 2026 10:00:00 +0000"),
    (re.compile(r"\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\b"), "Aug 22 10:00:00"),
]


class Story:
    """How one reply is made: steps are those of smtp.play, a bar between.

    What it is to be held against, where the rule does not tell (truth.py):
    true: the reasons that are true, where the words alone could mean more;
    right: codes and statuses ("550 5.7.1") beside those of the reason;
    keep: words of others that must still be there, never: words that must not;
    wire: how many refusals the client gets (None: not looked at), records: how
    many records there are, where it is another number; outcome: of the record.
    before: another filter (smtpd_milters) is asked before ours; submission: our
    submission-ports name the port; who: must act, where that is not who does by
    the reason; follows: the last reply says no more than
    that there was one before.
    """

    def __init__(self, name, reason, how, steps, address="192.0.2.7",
                 early="", right=(), keep=(), never=(), wire=1, records=None,
                 outcome=None, before=False, submission=False, follows=False,
                 true=None, who=None, **site):
        self.name, self.reason, self.how = name, reason, how
        self.true = true or reason
        self.right, self.keep, self.never = right, keep, never
        self.wire, self.records, self.outcome = wire, records, outcome
        self.before, self.submission, self.follows = before, submission, follows
        self.who = who
        self.dialogue = steps.replace(" | ", "\n")
        self.address, self.early, self.site = address, early, site
        self.host = "2001:db8::1" if ":" in address else "192.0.2.1"

    def __repr__(self):
        return self.name

    def in_others_words(self):
        """Does an admin, a policy server, a filter or a proxy word the reply?"""
        return bool(self.keep) or "text" in self.how or self.name.startswith(
            ("policy-", "filter-", "proxy-", "foreign-"))

    def row(self, reply, refused):
        """The row that this reply makes; refused as milter.Watcher has it."""
        cut = "-"
        if refused:
            status, text = refused[-1]["{rcpt_host}"], refused[-1]["{rcpt_addr}"]
            if text.partition(" ")[2] in reply.lines[0]:
                cut = f"{status} {text}"
            elif text[:3] in reply.lines[0]:  # Sendmail: all but the address
                cut = text
        return "\t".join(
            [self.name, self.how, self.reason, steady(reply.literal), steady(cut)]
        )


def steady(text):
    for pattern, value in VOLATILE:
        text = pattern.sub(value, text)
    return text


def catalogue():
    """Reason → action → (code, status), as the catalogue has them."""
    pair = r'(\d+),\s*(?:NULL|"([\d.]+)")'
    rows = re.findall(rf'^REASON\(\w+,\s*"([a-z0-9-]+)",\s*{pair},\s*{pair}',
                      CATALOGUE.read_text(), re.M)
    return {
        name: {"reject": (int(code), status), "tempfail": (int(soft), soft_status)}
        for name, code, status, soft, soft_status in rows
    }


def reasons():
    """Names of the catalogue."""
    return set(catalogue())


class ReplyList:
    def __init__(self, name, update=False):
        self.path = HERE / "replies" / name
        self.update = update
        self.made = []
        self.rows = {}
        if self.path.exists():
            for line in self.path.read_text().splitlines()[1:]:
                self.rows[line.split("\t")[0]] = line

    def hold(self, story, row):
        """The row is that of the list, or becomes it."""
        self.made.append(row)
        if not self.update:
            assert row == self.rows.get(story.name)

    def finish(self):
        if self.update:
            self.path.parent.mkdir(exist_ok=True)
            self.path.write_text("\n".join([HEAD, *self.made]) + "\n")

    def distinct(self):
        return {row.split("\t")[3] for row in self.rows.values()}
