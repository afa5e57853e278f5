"""What each business has planted for the browser: one of everything that an address names."""

from __future__ import annotations

from tests.browser.samples.businesses import (
    assets,
    counter,
    demands,
    device,
    errands,
    hot,
    meetings,
    petitions,
    rights,
)
from tests.browser.samples.dangers import hazards
from tests.browser.samples.mediating import mediation
from tests.browser.samples.others import (
    client,
    hotline,
    levels,
    mailbox,
    passed_on,
    sharing,
    tables,
    webhooks,
)
from tests.browser.samples.rounds import patrol
from tests.browser.samples.words import ANSWER, NEAR, SAID, WISH, picture

__all__ = [
    "ANSWER",
    "NEAR",
    "SAID",
    "WISH",
    "assets",
    "client",
    "counter",
    "demands",
    "device",
    "errands",
    "hazards",
    "hot",
    "hotline",
    "levels",
    "mailbox",
    "mediation",
    "meetings",
    "passed_on",
    "patrol",
    "petitions",
    "picture",
    "rights",
    "sharing",
    "tables",
    "webhooks",
]
