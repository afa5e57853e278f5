"""How a case is said to people, and the kinds of dispute as the seeds list them.  Pure."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongzhi.matters.words import EXAMINES, OTHER_LOOKS
from gongzhi.mediation.states import Consent, Offered, Planned, State
from gongzhi.places.models import name_for_reader

SEED = Path(__file__).parent / "seeds" / "kinds.csv"
LANGUAGES: dict[str, Promise] = {
    "mandarin": _("Mandarin"),
    "dialect": _("the local dialect"),
    "english": _("English, spoken"),
    "sign": _("sign language"),
}
# As what somebody takes part in a case.
APPLICANT, RESPONDENT, REPRESENTATIVE = "applicant", "respondent", "representative"
ROLES: dict[str, Promise] = {
    APPLICANT: _("applicant"),
    RESPONDENT: _("other party"),
    REPRESENTATIVE: _("who acts for a party"),
}


@cache
def _kinds() -> dict[str, tuple[str, str]]:
    with SEED.open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["name_zh"], row["name_en"]) for row in csv.DictReader(file)}


def kinds() -> dict[str, str]:
    """Return the kinds of dispute by code, with their names in the reader's language."""
    return {code: name_for_reader(*names) for code, names in _kinds().items()}


def kind_name(code: str) -> str:
    """Return what a kind of dispute is called in the reader's language."""
    return name_for_reader(*_kinds()[code])


TONES: dict[str, str] = {
    State.APPLIED: "waiting",
    State.INVITED: "waiting",
    State.READY: "waiting",
    State.ASSIGNED: "hand",
    State.MEDIATING: "hand",
    State.AGREED: "done",
    State.ENDED: "done",
    State.ARCHIVED: "deferred",
    State.ERASED: "deferred",
    Consent.ASKED: "waiting",
    Consent.GIVEN: "done",
    Consent.REFUSED: "deferred",
    Consent.REVOKED: "deferred",
    Offered.OPEN: "hand",
    Offered.ACCEPTED: "done",
    Offered.DECLINED: "deferred",
    Offered.RETRACTED: "deferred",
    Offered.REPLACED: "deferred",
    Offered.LAPSED: "deferred",
    Planned.PLANNED: "hand",
    Planned.HELD: "done",
    Planned.CANCELLED: "deferred",
}

# What all parties are written: that there is something, and never what.
NEWS = _(
    "There is something new in your file %(number)s. Read it with your receipt code: %(where)s"
)
# With the code that opens the file, to who has none yet; says nothing of a dispute or of anybody.
INVITATION = _(
    "An office has a question for you. Number %(number)s, code %(code)s. Read it and answer here: "
    "%(where)s"
)

# What the committee and the mediators are told of, beside the number.
NOTICED: dict[str, Promise] = {
    "case.apply": _("somebody applied for mediation"),
    "case.consent": _("all parties consent: name a mediator"),
    "case.refuse": _("a party does not consent: there is no mediation"),
    "case.revoke": _("a party took its consent back: the mediation has ended"),
    "case.withdraw": _("the application was withdrawn"),
    "case.assign": _("you are named as mediator: declare your ties first"),
    "case.challenge": _("a party objects to the mediator: name another"),
    "case.step_down": _("the mediator stepped down: name another"),
    "case.relieve": _("the mediator was relieved: name another"),
    "case.challenged": _("a party objected: you mediate this case no more"),
    "case.relieved": _("the head relieved you: you mediate this case no more"),
    "case.declare": _("the mediator has ties to a party: name another"),
    "case.room": _("there is something new in a room of your case"),
    "help.ask": _("somebody asks for help: name a day and a place"),
    "opening.ask": _("somebody asks to read a sealed file: decide whether it is opened"),
}
NOBODYS = {"case.refuse", "case.revoke", "case.withdraw", "case.challenged", "case.relieved"}
WORK = NOTICED.keys() - NOBODYS  # what waits for whoever is told

# What stands on the button of a clerk, who only writes down what a party said.
RECORD: dict[str, Promise] = {
    "consent": _("Record a consent"),
    "refuse": _("Record that a party does not consent"),
    "revoke": _("Record that a party takes its consent back"),
}
# What a mediator does while it is mediated, beside the moves of the case.
EXTRA: dict[str, Promise] = {"offer": _("Make an offer"), "plan": _("Plan a session")}

# What the history says.
HAPPENED: dict[str, str | Promise] = {
    "apply": _("Mediation was applied for"),
    "invite": _("The other parties were asked"),
    "decline": _("The application was declined"),
    "admit": _("A party was added"),
    "consent": _("A party consented"),
    "refuse": _("A party did not consent"),
    "revoke": _("A party took its consent back"),
    "withdraw": _("The application was withdrawn"),
    "choose": _("A party chose a mediator"),
    "assign": _("A mediator was named"),
    "declare": _("The mediator declared their ties"),
    "challenge": _("A party objected to the mediator"),
    "step_down": _("The mediator stepped down"),
    "relieve": _("The mediator was relieved"),
    "begin": _("Mediation began"),
    "allow_longer": _("A party agreed to go on beyond the term"),
    "prolong": _("It goes on beyond the term"),
    "settle": _("The agreement is in force"),
    "fail": _("No agreement was reached"),
    "close": _("The case was closed"),
    "release": _("A party chose which of its papers go on"),
    "visit": _("A party was asked afterwards"),
    "review": _("The file was reviewed from outside the committee"),
    "archive": _("It was archived"),
    "erase": _("The file was erased: it was kept for %(years)s years, until %(keep_until)s"),
}
MARKS: dict[str, str] = {
    "apply": "file-plus",
    "invite": "send",
    "decline": "ban",
    "admit": "user-plus",
    "consent": "circle-check",
    "refuse": "ban",
    "revoke": "ban",
    "withdraw": "ban",
    "assign": "user-check",
    "challenge": "user-off",
    "step_down": "user-off",
    "relieve": "user-off",
    "begin": "messages",
    "settle": "circle-check",
    "erase": "trash",
}

# What a date is the date of.
CLOCKS: dict[str, Promise] = {
    "term": _("The term of the mediation"),
    "apply": _("To apply together"),
    "accept": _("The court takes it on or not"),
    "decide": _("The court decides"),
}

# The sentence after a move has been made.
DONE: dict[str, str | Promise] = {
    "invite": _("The others were asked, each by the way that is safe for them."),
    "decline": _("Declined. Who applied reads why."),
    "admit": _("They are asked as the others were."),
    "consent": _("Written down: this party consents."),
    "refuse": _("Written down. There is no mediation."),
    "revoke": _("Written down. The mediation has ended."),
    "withdraw": _("The application was withdrawn."),
    "choose": _("Thank you. The committee sees whom you would like."),
    "assign": _("Named. They declare their ties first; then the case opens to them."),
    "declare": _("Thank you. What you declared is in the file."),
    "challenge": _("You objected. The committee names another mediator."),
    "step_down": _("You are the mediator of this case no more."),
    "relieve": _("They mediate this case no more. Name another where nobody is left."),
    "begin": _("The mediation has begun; the joint room is open."),
    "allow_longer": _("Thank you. It goes on where all parties agree."),
    "prolong": _("It goes on for another term."),
    "offer": _("The offer was made. Only those to whom it goes read it."),
    "take": _("You accepted the offer. Nothing binds you before you sign the agreement."),
    "reject": _("You did not accept the offer."),
    "retract": _("The offer was taken back."),
    "renew": _("The new offer took the place of the old one."),
    "plan": _("Planned. Those whom it concerns are told that there is something new."),
    "reschedule": _("Changed. Those whom it concerns are told that there is something new."),
    "hold": _("The minutes are in the file."),
    "fail": _("The mediation has ended. The parties read what they can do next."),
    "close": _("The case is closed."),
    "archive": _("The file is packed and sealed; nobody reads the rooms any more."),
    "cancel": _("The session was called off."),
}
MINE: dict[str, str | Promise] = {
    "consent": _("Thank you. You consent to mediation, and may take that back at any time."),
    "refuse": _("You do not consent, so there is no mediation. Nobody asks you why."),
    "revoke": _("You took your consent back. The mediation has ended."),
}  # where a party reads another sentence than a clerk

# What a party reads before it presses.
MEANS: dict[str, str | Promise] = {
    "consent": _(
        "You agree to talk, with a neutral mediator. You agree to nothing else. It is free of charge, "
        "and you may stop at any time without a reason."
    ),
    "refuse": _(
        "Then there is no mediation. You do not have to say why, and it has no consequence for you. "
        "You keep every other way: arbitration, the court, the authorities."
    ),
    "revoke": _(
        "Then the mediation ends at once, for all. Open offers are void. You do not have to say why, "
        "and you keep every other way: arbitration, the court, the authorities."
    ),
    "withdraw": _("Then nothing more is done about it. You can apply again."),
    "choose": _("If all parties choose the same, the committee names them."),
    "challenge": _("You may do this once, without a reason. The committee then names another."),
    "allow_longer": _(
        "The term is nearly over or has passed. It goes on for another term if all parties agree."
    ),
    "offer": _("Only those to whom it goes read it, and the mediator. It binds nobody."),
    "take": _(
        "Nothing binds you yet: the mediator writes an agreement, and you decide whether to sign."
    ),
    "reject": _("You do not have to say why."),
    "retract": _("Then nobody can accept it any more."),
    "renew": _("The new offer takes the place of the old one."),
}

# Where the case stands, as a party reads it.
STANDS: dict[str, str | Promise] = {
    State.APPLIED: _("The committee reads the application. It then asks the other parties."),
    State.INVITED: _("Every party is asked whether it consents. Nothing begins before all do."),
    State.READY: _(
        "All parties consent. The committee names a mediator; you may say whom you would like."
    ),
    State.ASSIGNED: _("A mediator is named, and declares first that nothing ties them to a party."),
    State.MEDIATING: _(
        "The mediation goes on. Use the joint room, or your private room with the mediator."
    ),
    State.AGREED: _("All have signed the agreement. It is now performed."),
    State.ENDED: _("This case has come to its end."),
    State.ARCHIVED: _("This case is in the archive, sealed."),
}
# Why somebody looked, as the parties read it.
PURPOSES: dict[str, str | Promise] = {
    EXAMINES: OTHER_LOOKS[EXAMINES],
    "mediation": _("worked on the case"),
    "mediation code": _("printed a letter with a new code"),
    "mediation_opening": _("read the file, which was opened to them for 24 hours"),
    "mediation declaration": _("read the names, to declare their ties"),
}
