"""What of a matter the assistant is given, before it is masked."""

from __future__ import annotations

from gongzhi.matters.models import Matter, Message

MOST = 20  # of the latest messages
SAID = {Message.Sort.SAID: "from the requester", Message.Sort.TOLD: "to the requester"}


def file_for(what: str, matter: Matter) -> dict[str, str]:
    """Return the words of ``matter`` that ``what`` needs (two queries), each by what it is.

    Notes between colleagues are not among them, nor contact, number, address, place or any name.
    """
    sorts = [Message.Sort.SAID] if what == "translate" else list(SAID)
    latest = matter.messages.filter(sort__in=sorts).order_by("-at", "-id")[:MOST]
    talk = [(SAID[Message.Sort(one.sort)], one.text) for one in reversed(latest)]
    file = {"message": matter.text, "later": "\n".join(f"{who}: {text}" for who, text in talk)}
    if what == "translate":
        file["later"] = "\n".join(text for _who, text in talk)
    else:
        file |= {"kind": matter.kind.name, "ground": matter.ground}
    if what == "summarise":
        answers = matter.answers.order_by("at", "id").values_list("text", flat=True)
        file["answers"] = "\n".join(answers)
    return file
