"""What letters and notices say: that something happened and where to read it.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

DANGER = "danger"
MOST_NUMBERS = 5  # a digest holds at most what a person can read

# A move that is not here tells the requester nothing: they read it when they follow the matter.
LETTERS: dict[str, Promise | str] = {
    "receive": _(
        "We have received your matter %(number)s. Follow it with your receipt code: %(where)s"
    ),
    "accept": _("Your matter %(number)s is accepted. You will be answered by %(by)s: %(where)s"),
    "refuse": _(
        "Your matter %(number)s could not be accepted. Why, and what you can do: %(where)s"
    ),
    "share": _(
        "One entry about you was handed on for your matter %(number)s. What, to whom and what for: "
        "%(where)s"
    ),
    "ask": _("We have a question about your matter %(number)s. Please answer here: %(where)s"),
    "grant": _("The date for your matter %(number)s has moved to %(by)s. Why: %(where)s"),
    "defer": _("Your matter %(number)s has to wait. Why, and until when: %(where)s"),
    "resume": _("Work on your matter %(number)s goes on: %(where)s"),
    "merge": _("Your matter %(number)s was joined to one about the same thing: %(where)s"),
    "force_close": _(
        "Your matter %(number)s was closed by order without being solved. Why, and what you can do: "
        "%(where)s"
    ),
    "unmerge": _("Your matter %(number)s stands on its own again and is worked on: %(where)s"),
    "answer": _("Your matter %(number)s has been answered and is now checked: %(where)s"),
    "inspect": _(
        "Is your matter %(number)s solved? Please tell us within 7 days by this link, which works once: "
        "%(where)s"
    ),
    "rework": _("The work on your matter %(number)s is being done again: %(where)s"),
    "reopen": _("We have taken up your matter %(number)s again: %(where)s"),
    "close": _(
        "Your matter %(number)s is closed. If it is not solved, say so within 30 days: %(where)s"
    ),
    "withdraw": _(
        "We have noted your wish about %(number)s. You can change your mind for 72 hours: %(where)s"
    ),
    "restore": _("Work on your matter %(number)s goes on: %(where)s"),
    "recount": _("The date for your matter %(number)s has moved to %(by)s. Why: %(where)s"),
    "end_joined": _("The matter that %(number)s was joined to has ended: %(where)s"),
}

# Who in the house is told of which move: the office in charge, a role of the place, or whoever the
# matter waits for in its state.
# ``TASK`` is the co-office that the entry of the move names, ``DESK`` whom it waits for at the place
# that holds it now.
OFFICE, HOLDER, TASK, DESK = "office", "holder", "task", "desk"
HOLDERS = {
    "received": "acceptor",
    "accepted": "dispatcher",
    "dispatched": OFFICE,
    "handling": OFFICE,
    "answered": "inspector",
    "resolved": "acceptor",
    "deferred": "supervisor",
}
NOTICES = {
    "dispatch": (OFFICE,),
    "dismiss": (OFFICE,),
    "add": (OFFICE,),
    "grant": (OFFICE,),
    "deny": (OFFICE,),
    "rework": (OFFICE,),
    "resume": (OFFICE,),
    "recount": (OFFICE,),
    "restore": (OFFICE,),
    "involve": (TASK,),
    "bind": (TASK,),
    "decline": ("dispatcher",),
    "finish": (OFFICE,),
    "take_over": (OFFICE, "dispatcher"),
    "escalate": (DESK,),
    "assign": (DESK,),
    "unmerge": (HOLDER,),
    "split": (OFFICE,),
    "part_ended": (OFFICE,),
    "object": ("dispatcher",),
    "send_back": ("dispatcher",),
    "extend": ("supervisor",),
    "reopen": (OFFICE, "supervisor"),
    "urge": (HOLDER,),
    "supervise": (HOLDER,),
    "insist": (HOLDER,),
    "lift": (OFFICE,),
    "report": ("supervisor",),
    "force_close": (OFFICE, "dispatcher"),
    "review": (HOLDER,),
    "danger": ("duty_officer",),
    "soon": (HOLDER,),
    "overdue": (HOLDER, "supervisor"),
    "severe": (HOLDER, "supervisor", "leader"),
    "contact": (OFFICE, "supervisor"),
    "task_soon": (TASK,),
    "task_overdue": (TASK, OFFICE, "supervisor"),
    "task_severe": (TASK, OFFICE, "supervisor", "leader"),
    "retask": (TASK,),
    "retime": (HOLDER,),
    "adopt": (HOLDER,),
    **dict.fromkeys(("foreign", "foreign_open", "foreign_closed"), (HOLDER,)),
}

MOVED: dict[str, Promise | str] = {
    "dispatch": _("was sent to your office"),
    "dismiss": _("stays with your office: the objection was dismissed"),
    "add": _("has something new from the requester"),
    "grant": _("has more time"),
    "deny": _("gets no more time"),
    "rework": _("has to be done again"),
    "resume": _("is taken up again"),
    "restore": _("is taken up again"),
    "recount": _("has another date: the calendar changed"),
    "involve": _("your office is asked to work on it too"),
    "bind": _("your office keeps its task"),
    "decline": _("an office declines its task"),
    "finish": _("another office has done its part"),
    "take_over": _("another office took the lead over"),
    "escalate": _("was handed up to you"),
    "assign": _("was handed down to you"),
    "unmerge": _("stands on its own again"),
    "split": _("a part was split off"),
    "part_ended": _("a part has ended"),
    "object": _("an office objects to the dispatch"),
    "send_back": _("was taken back and waits for dispatch"),
    "extend": _("an office asks for more time"),
    "reopen": _("is not solved, says the requester"),
    "urge": _("is urged: it waits for you"),
    "supervise": _("is supervised: read the instruction"),
    "insist": _("is ordered anew by the supervisor"),
    "lift": _("is not supervised any more"),
    "report": _("has a report to the supervisor"),
    "force_close": _("was closed by order"),
    "review": _("is deferred and to be looked at again today"),
    "danger": _("speaks of imminent danger"),
    "soon": _("is due by the end of the next work day"),
    "overdue": _("is overdue"),
    "severe": _("is more than five work days overdue"),
    "contact": _("has an office that did not contact the requester in time"),
    "task_soon": _("has a task of a co-office, due by the end of the next work day"),
    "task_overdue": _("has an overdue task of a co-office"),
    "task_severe": _("has a task of a co-office more than five work days overdue"),
    "retask": _("has another date for the task of your office: the calendar changed"),
    "retime": _("has another date for its present step: the calendar changed"),
    "mention": _("names you in a note"),
    "adopt": _("runs by the newer version of its time rule"),
    "foreign": _("has news from a body it was passed on to"),
    "foreign_open": _("is in hand, says a body it was passed on to"),
    "foreign_closed": _("is done, says a body it was passed on to"),
    "account.open": _("is a new account"),
    "account.close": _("is closed: nobody signs in with it"),
    "account.password": _("has a new password"),
    "account.totp_off": _("has no second step of sign-in any more"),
    "account.passkey_on": _("has a new passkey"),
    "account.passkey_off": _("has a passkey less"),
    "account.link": _("is linked with the identity provider: one signs in with it"),
    "account.unlink": _("is not linked with the identity provider any more"),
    "post.appoint": _("was given a post"),
    "post.end": _("does not hold a post any more"),
    "client.give_token": _("was given a token for the interface"),
}

# What a notice asks its reader to do; all others are news.
WORK = {
    *("dispatch", "rework", "resume", "restore", "object", "send_back", "extend", "reopen"),
    *(DANGER, "soon", "overdue", "severe", "mention"),
    *("task_soon", "task_overdue", "task_severe"),
    # Was it you, was it right?  Who did not expect it does something about it.
    *("account.open", "account.password", "account.totp_off", "account.passkey_on"),
    "account.link",
    *("post.appoint", "client.give_token"),
}


def learn(
    moved: Mapping[str, Promise],
    work: Iterable[str],
    whom: Mapping[str, tuple[str, ...]] | None = None,
    *,
    letters: Mapping[str, Promise] | None = None,
) -> None:
    """Let a business add its events, which of them are work, and who is told of those of a matter.

    ``letters`` are what who raised the matter is written.

    Called once from its ``ready``.
    """
    MOVED.update(moved)
    WORK.update(work)
    NOTICES.update(whom or {})
    LETTERS.update(letters or {})


def is_wanted(verb: str, only_work: bool) -> bool:  # noqa: FBT001  a column of the choice
    """Return whether somebody is written to about ``verb`` who may want only what waits for them."""
    return verb in WORK or not only_work


def line(number: str, verb: str, where: str) -> str:
    """Return one notice as it leaves the house."""
    said = {"number": number, "moved": MOVED[verb], "where": where}
    return gettext("Gongzhi: %(number)s %(moved)s. Read it here: %(where)s") % said


def digest(groups: Mapping[str, Sequence[str]], where: str) -> str:
    """Return a digest: for each event how many matters there are, and the first few numbers."""
    n = sum(map(len, groups.values()))
    head = ngettext("Gongzhi: %(n)d new notice", "Gongzhi: %(n)d new notices", n) % {"n": n}
    lines = [
        f"{MOVED[verb]} ({len(numbers)}): {', '.join(numbers[:MOST_NUMBERS])}"
        + (" …" if len(numbers) > MOST_NUMBERS else "")
        for verb, numbers in groups.items()
    ]
    return "\n".join([f"{head}:", *lines, where])
