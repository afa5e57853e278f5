"""What a data item can be about, where it comes from, how often it is renewed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Object(models.TextChoices):
    """What an item is about.  Never persons, gatherings or dwellings: there is no such choice."""

    PLACE = "place", _("a place")
    ASSET = "asset", _("an asset")
    SERVICE = "service", _("a service")
    FIGURE = "figure", _("a figure")
    OWN_REQUEST = "own_request", _("a person's own request")


class Origin(models.TextChoices):
    """Who gives what an item holds."""

    GRID = "grid", _("grid workers")
    OFFICES = "offices", _("offices, in their own work")
    OWN = "own", _("residents themselves")
    SENSORS = "sensors", _("sensors of places and assets")
    DERIVED = "derived", _("worked out from other items")


class Theme(models.TextChoices):
    """The data themes of the Publications Office of the EU, by their codes."""

    AGRI = "AGRI", _("agriculture, forestry and food")
    ECON = "ECON", _("economy and finance")
    EDUC = "EDUC", _("education, culture and sport")
    ENER = "ENER", _("energy")
    ENVI = "ENVI", _("environment")
    GOVE = "GOVE", _("government and public sector")
    HEAL = "HEAL", _("health services")
    JUST = "JUST", _("justice and public safety")
    REGI = "REGI", _("places and towns")
    SOCI = "SOCI", _("population and society")
    TECH = "TECH", _("science and technology")
    TRAN = "TRAN", _("transport")


class Period(models.TextChoices):
    """How often an item is renewed: frequencies of the Publications Office of the EU, by their codes."""

    CONT = "CONT", _("all the time")
    HOURLY = "HOURLY", _("every hour")
    DAILY = "DAILY", _("every day")
    WEEKLY = "WEEKLY", _("every week")
    MONTHLY = "MONTHLY", _("every month")
    QUARTERLY = "QUARTERLY", _("every quarter")
    ANNUAL = "ANNUAL", _("every year")
    IRREG = "IRREG", _("when something changes")


# After how many days without renewal an item is stale: its period and a little grace.
DAYS: dict[str, int] = {
    Period.CONT: 1,
    Period.HOURLY: 1,
    Period.DAILY: 2,
    Period.WEEKLY: 9,
    Period.MONTHLY: 35,
    Period.QUARTERLY: 100,
    Period.ANNUAL: 380,
}
