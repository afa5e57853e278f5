"""What runs beside the loop: hands up and down, co-offices, parts, supervision, ends by order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from gongzhi.matters.simulator.steps import HOUR, PART, Drawing, Helped, Raised, Step, Steps, Until


class Beside(Drawing):
    """Draws what happens to some matters on the way; every part of it may not happen at all."""

    def handed(self, raised: Raised, matter: Any, at: float) -> Until:
        """Yield how whoever holds it hands it up, as they cannot solve it, and some of it down again."""
        on_the_spot = raised.channel == "field"
        if not self.happens("handed_up", "field" if on_the_spot else raised.group):
            return at
        who = "grid_worker" if on_the_spot else "acceptor"
        yield Step(at, "escalate", who, {"reason": self.words.step("handed_up")})
        at = self.soon(raised, at, HOUR, urgent=matter.urgent)
        if self.happens("handed_down", raised.group):
            yield Step(at, "assign", "acceptor", {"reason": self.words.step("handed_down")})
            at = self.soon(raised, at, HOUR, urgent=matter.urgent)
        return at

    def taken(
        self, raised: Raised, matter: Any, at: float, offices: Iterable[UUID], *, may_decline: bool
    ) -> Helped:
        """Yield how each of the co-offices takes its task on, or says that it is not its duty."""
        spoken = sorted(
            (self.soon(raised, at, 0.9 * HOUR, urgent=matter.urgent), office) for office in offices
        )
        helping, declined = list[UUID](), list[UUID]()
        for at, office in spoken:  # noqa: PLR1704  when the last has spoken
            if may_decline and self.happens("declined", raised.group):
                yield Step(at, "decline", "office", {"ground": self.words.step("declined")}, office)
                declined.append(office)
            else:
                yield Step(at, "take", "office", {}, office)
                helping.append(office)
        for office in declined:
            at = self.soon(raised, at, 1.5 * HOUR, urgent=matter.urgent)
            if self.happens("bound", raised.group):
                yield Step(at, "bind", "dispatcher", {"reason": self.words.step("bound")}, office)
                at = self.soon(raised, at, HOUR, urgent=matter.urgent)
                yield Step(at, "take", "office", {}, office)
                helping.append(office)
            else:
                reason = {"reason": self.words.step("released")}
                yield Step(at, "release", "dispatcher", reason, office)
        return at, helping

    def finished(self, raised: Raised, at: float, ready: float, helping: Sequence[UUID]) -> Until:
        """Yield how the co-offices get their part done, before the lead does."""
        times = sorted(self.chance.uniform(at, at + 0.8 * (ready - at)) for _office in helping)
        for office, then in zip(helping, times, strict=True):
            at = max(raised.clock.later(then, 0), at)
            yield Step(at, "finish", "office", {"words": self.words.step("helped")}, office)
        return at

    def parted(self, raised: Raised, matter: Any, at: float, ready: float) -> Until:
        """Yield how a part is split off for another office, and ends before the whole is answered."""
        if raised.other is None or not self.happens("split", raised.group):
            return at
        says = {"words": self.words.step("split"), "office": raised.other}
        yield Step(at, "split", "dispatcher", says)
        at = self.soon(raised, at, 1.1 * HOUR, urgent=matter.urgent)
        yield Step(at, "acknowledge", "office", {}, PART)
        at = max(raised.clock.later(at + self.chance.uniform(0.3, 0.8) * (ready - at), 0), at)
        yield Step(at, "answer", "office", {"words": self.words.step("part_done")}, PART)
        at = self.soon(raised, at, 2 * HOUR, urgent=False)
        checked = {"words": self.words.step("passed"), "instead": self.words.step("unseen")}
        yield Step(at, "inspect", "inspector", checked, PART)
        return at

    def supervised(self, raised: Raised, matter: Any, at: float) -> Until:
        """Yield an order of a supervisor, the report, and the lifting; some are ordered anew first."""
        if not self.happens("supervised", raised.group):
            return at
        listed = matter.public and self.happens("listed", raised.group)
        says = self._ordered(raised, at, "ordered") | {"listed": listed}
        yield Step(at, "supervise", "supervisor", says | ({"summary": SUMMARY} if listed else {}))
        at = yield from self._reported(raised, at)
        if self.happens("insisted", raised.group):
            yield Step(at, "insist", "supervisor", self._ordered(raised, at, "insisted"))
            at = yield from self._reported(raised, at)
        yield Step(at, "lift", "supervisor", {"reason": self.words.step("lifted")})
        return at

    def _ordered(self, raised: Raised, at: float, words: str) -> dict[str, Any]:
        day = raised.clock.day(at) + timedelta(days=self.chance.randint(3, 7))
        return {"instruction": self.words.step(words), "report_on": day}

    def _reported(self, raised: Raised, at: float) -> Until:
        at = raised.clock.later(at, self.chance.uniform(0.5, 2) * raised.clock.a_day)
        yield Step(at, "report", "office", {"words": self.words.step("reported")})
        return raised.clock.later(at, self.chance.uniform(0.1, 0.6) * raised.clock.a_day)

    def forced(self, raised: Raised, at: float) -> Steps:
        """Yield the end by order of what cannot be solved."""
        at = raised.clock.later(at, self.chance.uniform(0.5, 3) * raised.clock.a_day)
        reason, remedy = self.words.step("forced").split("|")
        yield Step(at, "force_close", "supervisor", {"reason": reason, "remedy": remedy})


SUMMARY = "责令承办单位限期办结并报告。"
