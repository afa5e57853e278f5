"""What happens to one matter after it was raised: its steps, drawn by lot, in the order of time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from gongzhi.matters.simulator.beside import Beside
from gongzhi.matters.simulator.seeds import refusals
from gongzhi.matters.simulator.steps import DAY, HOUR, Helped, Raised, Step, Steps, Until

PATIENCE = 7 * DAY + 60  # after which the house itself closes what was asked about
ROUNDS = 2  # how often at most the same matter is done again


class Lives(Beside):
    """Draws whole lives, from what follows the receipt to the end."""

    def life(self, raised: Raised, matter: Any) -> Steps:
        """Yield the steps of ``matter``, of which every move before has been made."""
        group = raised.group
        if (
            raised.channel == "field"
            and matter.kind.settles
            and self.happens("settled_on_the_spot", "field")
        ):
            at = raised.at + self.chance.uniform(240, 2400)
            yield Step(at, "settle", "grid_worker", {"words": self.words.step("settled")})
            yield from self._checked(raised, matter, at, 1)
            return
        withdrawn = raised.reachable and self.happens("withdrawn", group)
        if withdrawn and self.chance.random() < 0.5:  # noqa: PLR2004
            yield from self._withdrawn(raised, raised.at + self.chance.uniform(300, 4 * HOUR))
            if matter.state == "withdrawn":
                return
        at = self.soon(raised, self._since(raised, matter), 0.8 * HOUR, urgent=matter.urgent)
        at = yield from self.handed(raised, matter, at)
        if self.happens("refused", group) and not matter.danger:
            reason, remedy = self.chance.choice(refusals())
            yield Step(at, "refuse", "acceptor", {"reason": reason, "remedy": remedy})
            return
        if self.happens("duplicate", group) and (yield Step(at, "merge", "acceptor")):
            return
        yield Step(at, "accept", "acceptor")
        if raised.reachable and self.happens("asked_first", group):
            at = yield from self._asked(raised, at)
        at, helping = yield from self._sent(raised, matter, at)
        if withdrawn:
            at += self.chance.uniform(HOUR, 6 * HOUR)
            yield from self._withdrawn(raised, at)
            if matter.state == "withdrawn":
                return
        yield from self._done(raised, matter, at, helping)

    def _since(self, raised: Raised, matter: Any) -> float:
        """Return from when the centre can work on it: receipt, or the end of a withdrawal."""
        return raised.at if matter.version == 1 else raised.at + 3 * DAY

    def _withdrawn(self, raised: Raised, at: float) -> Steps:
        reason = self.words.after("withdrawals", raised.group)
        yield Step(at, "withdraw", "requester", {"reason": reason})
        if self.happens("withdrawal_undone", raised.group):
            yield Step(at + self.chance.uniform(HOUR, 48 * HOUR), "restore", "requester")

    def _asked(self, raised: Raised, at: float) -> Until:
        at += self.chance.uniform(120, 1200)
        yield Step(at, "ask", "acceptor", {"question": self.words.step("question")})
        if self.chance.random() < 0.8:  # noqa: PLR2004
            at += self.chance.uniform(0.5, 40) * HOUR
            yield Step(at, "add", "requester", {"words": self.words.step("reply")})
            return at
        return raised.clock.later(at, 2 * raised.clock.a_day)

    # --- From the centre to an office.

    def _sent(self, raised: Raised, matter: Any, at: float) -> Helped:
        """Yield dispatch to acknowledge, by way of an objection where there is one; and who helps."""
        is_first = matter.rounds == 0
        helpers: list[UUID] = []
        says = {"helped": is_first and self.happens("helped", raised.group)}
        objected = raised.other is not None and self.happens("objection", raised.group)
        if objected:
            wrong = self.happens("objection_upheld", raised.group)
            at = self.soon(raised, at, 0.5 * HOUR, urgent=matter.urgent)
            sent = {"office": raised.other, "helped": False} if wrong else says
            helpers = yield Step(at, "dispatch", "dispatcher", sent)
            at = yield from self._objected(raised, matter, at, wrong=wrong)
        if matter.state == "accepted":
            at = self.soon(raised, at, 0.5 * HOUR, urgent=matter.urgent)
            helpers = yield Step(at, "dispatch", "dispatcher", says)
        taken = self.taken(raised, matter, at, helpers, may_decline=not objected)
        last, helping = yield from taken
        at = max(last, self.soon(raised, at, 1.1 * HOUR, urgent=matter.urgent))
        yield Step(at, "acknowledge", "office")
        return at, helping

    def _objected(self, raised: Raised, matter: Any, at: float, *, wrong: bool) -> Until:
        at = min(self.soon(raised, at, 1.5 * HOUR, urgent=matter.urgent), matter.due_at.timestamp())
        yield Step(at, "object", "office", {"ground": self.words.after("objections", raised.group)})
        at = self.soon(raised, at, 2 * HOUR, urgent=matter.urgent)
        if wrong:
            yield Step(at, "send_back", "dispatcher", {"reason": self.words.step("sent_back")})
        else:
            yield Step(at, "dismiss", "dispatcher", {"reason": self.words.step("dismissed")})
        return at

    # --- At the office.

    def _done(self, raised: Raised, matter: Any, at: float, helping: Sequence[UUID]) -> Steps:
        """Yield the work from acknowledge to answer, and what comes after."""
        clock, group = raised.clock, raised.group
        if self.happens("forced", group):
            yield from self.forced(raised, at)
            return
        due = matter.answer_by.timestamp()
        ready = max(self._ready(raised, matter, due), at + 600)
        if self.happens("deferred", group):
            at = yield from self._deferred(raised, matter, at)
            ready = clock.later(at, self.chance.uniform(0.5, 4) * clock.a_day)
        at = yield from self.parted(raised, matter, at, ready)
        at = yield from self.supervised(raised, matter, at)
        at = yield from self.finished(raised, at, max(ready, at), helping)
        ready = max(ready, at + 600)
        at = yield from self._meanwhile(raised, at, ready)
        moved = clock.later(at + 0.6 * (ready - at), 0)
        if self.happens("extension", group) and ready - at > 4 * HOUR and moved < due:
            at = yield from self._extended(raised, matter, moved)
            ready = clock.later(max(ready, at), self.chance.uniform(0, 3) * clock.a_day)
        yield self._answer(raised, matter, ready)
        yield from self._checked(raised, matter, ready, 1)

    def _ready(self, raised: Raised, matter: Any, due: float) -> float:
        """Return when the office is done: a part of the limit, after the queue; some are late."""
        part = math.exp(self.chance.gauss(self.median, self.sigma))
        late = self.happens("late", raised.group)
        if late:
            part = max(part, 1.03 + self.chance.expovariate(2.0))
        begun: float = matter.accepted_at.timestamp()
        if matter.urgent:
            return begun + part * (due - begun)
        limit = raised.clock.worked(due) - raised.clock.worked(begun)
        return raised.clock.later(begun, part * max(limit, HOUR) + raised.wait)

    def _meanwhile(self, raised: Raised, at: float, ready: float) -> Until:
        """Yield what is said while it is handled: progress, notes, additions."""
        span = ready - at
        if span > DAY and self.chance.random() < 0.3:  # noqa: PLR2004
            at = raised.clock.later(at + span * self.chance.uniform(0.1, 0.4), 0)
            tell = self.chance.random() < 0.6  # noqa: PLR2004
            says = {"words": self.words.step("progress"), "tell": tell}
            yield Step(at, "handle", "office", says)
        if raised.reachable and span > HOUR and self.happens("addition", raised.group):
            at += (ready - at) * self.chance.uniform(0.1, 0.4)
            words = self.words.after("additions", raised.group)
            yield Step(at, "add", "requester", {"words": words})
        if self.chance.random() < 0.03:  # noqa: PLR2004
            at += 60
            yield Step(at, "note", "acceptor", {"words": self.words.step("note")})
        return at

    def _extended(self, raised: Raised, matter: Any, at: float) -> Until:
        says = {
            "work_days": self.chance.choice((2, 3, 3, 5, 5, 10)),
            "reason": self.words.after("extensions", raised.group),
        }
        yield Step(at, "extend", "office", says)
        at = self.soon(raised, at, 2.5 * HOUR, urgent=matter.urgent)
        if self.happens("extension_granted", raised.group):
            yield Step(at, "grant", "supervisor")
        else:
            yield Step(at, "deny", "supervisor", {"reason": self.words.step("denied")})
        return at

    def _deferred(self, raised: Raised, matter: Any, at: float) -> Until:
        at = raised.clock.later(at, self.chance.uniform(0.2, 1.5) * raised.clock.a_day)
        review = raised.clock.day(at) + timedelta(days=self.chance.randint(30, 150))
        says = {
            "reason": self.words.after("deferrals", raised.group),
            "owner": matter.office.name_zh,
            "review_on": review,
        }
        yield Step(at, "defer", "supervisor", says)
        at = raised.clock.later(at + self.chance.uniform(15, 140) * DAY, 0)
        yield Step(at, "resume", "supervisor")
        return at

    def _answer(self, raised: Raised, matter: Any, at: float) -> Step:
        on = raised.clock.day(at)
        slots, ground = raised.saying.slots, matter.kind.ground
        words = self.words.answer(matter.kind_code, slots, f"{on.month}月{on.day}日", ground)
        return Step(at, "answer", "office", {"words": words, "ground": ground})

    # --- Checked, asked, closed or done again.

    def _checked(self, raised: Raised, matter: Any, at: float, turn: int) -> Steps:
        at = self.soon(raised, at, 4 * HOUR, urgent=False)
        if turn <= ROUNDS and self.happens("rework", raised.group):
            yield Step(
                at, "rework", "inspector", {"reason": self.words.after("rework", raised.group)}
            )
            yield from self._again(raised, matter, at, turn)
            return
        checked = {"words": self.words.step("passed"), "instead": self.words.step("unseen")}
        yield Step(at, "inspect", "inspector", checked)
        yield from self._followed(raised, matter, at, turn)

    def _again(self, raised: Raised, matter: Any, at: float, turn: int) -> Steps:
        if matter.state == "accepted":
            at, _none = yield from self._sent(raised, matter, at)
        begun, due = raised.clock.worked(at), raised.clock.worked(matter.answer_by.timestamp())
        part = math.exp(self.chance.gauss(self.median, self.sigma))
        at = raised.clock.later(at, part * max(due - begun, HOUR))
        yield self._answer(raised, matter, at)
        yield from self._checked(raised, matter, at, turn + 1)

    def _followed(self, raised: Raised, matter: Any, at: float, turn: int) -> Steps:
        if not raised.reachable:
            yield from self._unreachable(raised, at)
        elif not self.happens("follow_up_answered", raised.group):
            yield from self._silent(raised, at)
        elif turn <= ROUNDS and self.happens("not_solved", raised.group):
            yield from self._unsolved(raised, matter, at, turn)
        else:
            yield from self._solved(raised, at)

    def _unreachable(self, raised: Raised, at: float) -> Steps:
        if self.chance.random() < 0.6:  # noqa: PLR2004
            yield Step(self.soon(raised, at, 5 * HOUR, urgent=False), "close", "acceptor")
        else:
            yield Step(at + PATIENCE, "close", "system")

    def _silent(self, raised: Raised, at: float) -> Steps:
        asked = at
        for _n in range(self.chance.choice((0, 1, 2, 3, 3))):
            asked = raised.clock.later(asked, self.chance.uniform(0.5, 1.2) * raised.clock.a_day)
            if asked > at + PATIENCE - HOUR:
                break
            yield Step(asked, "follow_up", "acceptor", {"result": "no_answer"})
        yield Step(at + PATIENCE, "close", "system")

    def _unsolved(self, raised: Raised, matter: Any, at: float, turn: int) -> Steps:
        words = self.words.after("not_solved", raised.group)
        if self.happens("reopened", raised.group):
            at += self.chance.uniform(2, 60) * HOUR
            yield Step(at, "reopen", "requester", {"reason": words})
        else:  # they tell whoever calls, who has it done again
            at = raised.clock.later(at, self.chance.uniform(0.3, 2) * raised.clock.a_day)
            says = {
                "result": "unsolved",
                "comment": words,
                "satisfied": self.chance.choice((1, 2)),
                "in_time": self.chance.random() < 0.7,  # noqa: PLR2004
                "why_not": self.chance.choice(("nothing", "partly", "partly", "back", "unclear")),
            }
            yield Step(at, "follow_up", "acceptor", says)
        yield from self._again(raised, matter, at, turn)

    def _solved(self, raised: Raised, at: float) -> Steps:
        unhappy = self.happens("dissatisfied", raised.group)
        satisfied = self.chance.choice((1, 2, 2) if unhappy else (3, 4, 4, 5, 5, 5, 5))
        mood = "dissatisfied" if unhappy else "satisfied"
        says: dict[str, Any] = {"satisfied": satisfied, "in_time": self.chance.random() < 0.9}  # noqa: PLR2004
        if unhappy or self.chance.random() < 0.3:  # noqa: PLR2004
            says["comment"] = self.words.after(mood, raised.group)
        if self.chance.random() < 0.45:  # noqa: PLR2004
            at += self.chance.uniform(1, 90) * HOUR
            yield Step(at, "rate", "requester", says)
            return
        at = raised.clock.later(at, self.chance.uniform(0.2, 2) * raised.clock.a_day)
        yield Step(at, "follow_up", "acceptor", {"result": "solved"} | says)
