from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.parties.models import Sealed
from gongzhi.petitions.readers import routes, topic_name
from gongzhi.petitions.states import (
    ANSWERED,
    LIVE,
    Instance,
    Result,
    Served,
    Sort,
    State,
    VisitState,
    Way,
)
from gongzhi.places.models import PathField, Place, name_for_reader

LONGEST_TITLE = 60
LONGEST_WORDS = 5000


class PolicyAnswer(models.Model):
    """What an office answers to all who raise one topic in one place: its words and their ground.

    It holds no word of any petition.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    topic = models.SlugField(max_length=20)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    text = models.TextField(_("the answer"), max_length=LONGEST_WORDS)
    ground = models.CharField(_("its ground in law or policy"), max_length=500)
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.topic} {self.place}"


class PetitionQuerySet(models.QuerySet["Petition"]):
    def live(self) -> PetitionQuerySet:
        """Return those that have not ended."""
        return self.filter(state__in=sorted(LIVE))

    def with_names(self) -> PetitionQuerySet:
        """Join what a page shows of each: its place and its offices."""
        joined = self.select_related("place", "keeper", "denounced", "stage__office")
        return joined.defer("place__boundary", "place__also")


class Petition(Sealed):
    """What somebody asks of the authorities.  Sealed are its title, its words and its wish.

    ``keeper`` is the petition office that keeps it; ``stage`` the instance that has it now.
    ``denounced`` is the office that a report of wrongdoing is about, ``kept_from`` the keys of staff who
    are concerned themselves: neither the one nor the others, nor their house, ever read it (arts. 28, 30).
    Its people are parties of a file with its key; nothing here says who they are.
    """

    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.REGISTERED)
    number = models.CharField(max_length=24, unique=True)
    form_key = models.UUIDField(unique=True, null=True)
    sort = models.CharField(max_length=12, choices=Sort)
    way = models.CharField(max_length=9, choices=Way)
    topic = models.SlugField(max_length=20)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    chain = PathField()
    keeper = models.ForeignKey(Office, models.PROTECT, related_name="+")
    denounced = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    kept_from = models.TextField(blank=True)
    stage = models.OneToOneField("Stage", models.PROTECT, null=True, related_name="current_of")
    name_open = models.BooleanField(default=False)
    shared = models.BooleanField(default=False)
    route = models.SlugField(max_length=20, blank=True)
    synthetic = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = PetitionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sort=Sort.DENUNCIATION) | Q(denounced=None),
                name="only_denunciations_denounce",
            )
        ]
        indexes = [models.Index(fields=["keeper", "state"], name="petition_kept")]

    def __str__(self) -> str:
        return self.number

    @property
    def title(self) -> str:
        return str(self.said["title"])

    @property
    def text(self) -> str:
        return str(self.said["text"])

    @property
    def wish(self) -> str:
        return str(self.said.get("wish", ""))

    @property
    def topic_name(self) -> str:
        """The topic in the reader's language."""
        return topic_name(self.topic)

    @property
    def route_name(self) -> str:
        """The procedure it was led to, in the reader's language; "" where it was not."""
        known = routes().get(self.route)
        return known.name if known else ""

    @property
    def is_unserved(self) -> bool:
        """Return whether it has an answer of which nobody recorded that it reached the petitioner."""
        stage = self.stage
        return self.state in ANSWERED and stage is not None and stage.served_at is None

    @property
    def is_ended(self) -> bool:
        return self.state not in LIVE

    @property
    def is_erased(self) -> bool:
        """Return whether only a tombstone is left: nothing is raised without words."""
        return not self.text


class Stage(Sealed):
    """One instance of one petition at one office: handling, review, final review; each its own.

    Sealed are the words it came with and the opinion in the parts that art. 32 names.  Its clocks bear
    its key.  ``decider`` is who gave the opinion, so that they give no later one; it is indexed nowhere.
    ``policy`` is set where what was given is one answer to all who raised the same.  ``served_at`` is
    when the answer reached the petitioner, and ``served`` how, as was recorded first.
    """

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="stages")
    instance = models.CharField(max_length=6, choices=Instance)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    served_at = models.DateTimeField(null=True)
    served = models.CharField(max_length=6, choices=Served, blank=True)
    returned_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=7, choices=Result, blank=True)
    policy = models.ForeignKey(PolicyAnswer, models.PROTECT, null=True, related_name="stages")
    decider = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "instance"],
                name="one_stage_of_each_instance",
                condition=Q(returned_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.instance} {self.office}"


class Message(Sealed):
    """Something said in a petition, with the move ``verb``: by its people (no office), or by an office.

    Its people read all of it: nothing is noted about them behind their backs.
    """

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="messages")
    verb = models.SlugField(max_length=20)
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["petition", "at"], name="message_of_petition")]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%Y-%m-%d %H:%M}"

    @property
    def text(self) -> str:
        return str(self.said["text"])


class ReceptionDay(models.Model):
    """A day on which an official receives whoever booked: by post, not by name, so that it outlives both."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    post_zh = models.CharField(_("post of the official"), max_length=60)
    post_en = models.CharField(_("post of the official in English"), max_length=80, blank=True)
    where = models.CharField(_("where"), max_length=200)
    begins_at = models.DateTimeField(_("begins"))
    minutes = models.PositiveSmallIntegerField(_("minutes for each visitor"), default=20)
    n_slots = models.PositiveSmallIntegerField(_("how many visitors"), default=6)
    called_off_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["begins_at"], name="reception_begins")]

    def __str__(self) -> str:
        return f"{self.post} {self.begins_at:%Y-%m-%d}"

    @property
    def post(self) -> str:
        """The post in the reader's language."""
        return name_for_reader(self.post_zh, self.post_en)

    def slot_at(self, n: int) -> datetime:
        """Return when the slot ``n``, from 1, begins."""
        return self.begins_at + timedelta(minutes=self.minutes * (n - 1))


class Visit(Sealed):
    """A slot of a reception day that somebody booked; sealed are what was said, promised and done.

    Its visitor is a party of a file with its key.  ``until`` is by when the promise is to be kept;
    ``petition`` was registered from it.
    """

    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=9, choices=VisitState, default=VisitState.BOOKED)
    number = models.CharField(max_length=24, unique=True)
    day = models.ForeignKey(ReceptionDay, models.PROTECT, related_name="visits")
    slot = models.PositiveSmallIntegerField()
    until = models.DateField(null=True)
    petition = models.OneToOneField(Petition, models.PROTECT, null=True, related_name="visit")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "slot"],
                name="slot_booked_once",
                condition=~Q(state=VisitState.CANCELLED),
                violation_error_message=_("Somebody else booked this time: choose another."),
            )
        ]

    def __str__(self) -> str:
        return self.number
