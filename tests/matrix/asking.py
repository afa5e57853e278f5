"""Ask for an address and say in a word what came of it; nothing that was asked stays."""

from __future__ import annotations

from copy import copy
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.test import Client
from django.urls import reverse

from gongzhi.base.kept import forget

# What an answer means to whoever asked.
CELLS = {
    200: "ok",
    201: "ok",
    202: "ok",
    204: "ok",
    302: "ok",
    400: "form",  # came in; what was sent is not as it should be
    401: "sign in",
    403: "no",
    404: "gone",
    405: "-",
    406: "form",
    409: "late",  # came in; from this state it does not go
    410: "gone",
    412: "late",
    413: "form",
    415: "form",
    422: "form",
    428: "late",
    503: "off",
}


class Asked:
    """The answer to one question."""

    def __init__(self, cell: str, page: str) -> None:
        self.cell, self.page = cell, page


def ask(client: Client, method: str, path: str, typed: Any = None, **more: Any) -> Asked:
    """Ask in a transaction that is rolled back, with the cookies as they were.

    :raises LookupError: the answer is one that nobody gave a word, a fault above all
    """
    cookies = {name: copy(morsel) for name, morsel in client.cookies.items()}
    with transaction.atomic():
        answer = getattr(client, method.lower())(path, typed, **more)
        if answer.streaming:
            for _part in answer.streaming_content:  # to its end, where files are closed
                pass
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.update(cookies)
    if method == "POST" and answer.status_code < 400:
        forget()  # names and lists that the action renewed are as before
    return Asked(_cell(answer, f"{method} {path}"), _page(answer))


def _page(answer: Any) -> str:
    is_page = answer.status_code == 200 and "text/html" in answer.headers.get("Content-Type", "")
    return answer.content.decode() if is_page and not answer.streaming else ""


def _cell(answer: Any, what: str) -> str:
    if answer.status_code not in CELLS:
        raise LookupError(f"{what}: {answer.status_code} {getattr(answer, 'exc_info', None)}")
    if answer.status_code == 302:
        to = urlsplit(answer["Location"]).path
        doors = (reverse("account_login"), reverse("portal:follow"))
        return "sign in" if to in doors and what.split()[1] not in doors else "ok"
    return CELLS[answer.status_code]
