from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import User
from gongzhi.base.ids import uuid7
from gongzhi.exchange.models import Client
from gongzhi.tables.states import DropState, State

LONGEST_SENTENCE = 500
LONGEST_NAME = 200
DAY_MINUTES = 1440


class Drop(models.Model):
    """A folder into which another system puts files of a table, or from which it fetches them.

    ``folder`` lies in the storage of drops.  ``waiting`` holds the sizes of the files seen last
    time, so that one which still grows is left; ``source`` says whose ids the rows carry.
    """

    class Way(models.TextChoices):
        IN = "in", _("files come in")
        OUT = "out", _("files go out")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=7, choices=DropState, default=DropState.ACTIVE)
    name = models.CharField(_("name"), max_length=60)
    way = models.CharField(_("way"), max_length=3, choices=Way)
    table = models.SlugField(_("table"), max_length=20, db_index=False)
    folder = models.CharField(_("folder"), max_length=LONGEST_NAME)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    source = models.CharField(_("whose ids"), max_length=60, blank=True)
    crs = models.CharField(_("coordinate system"), max_length=12, default="WGS84")
    encoding = models.CharField(_("encoding"), max_length=12, blank=True)
    form = models.CharField(_("form"), max_length=4, default="csv")
    minutes = models.PositiveIntegerField(
        _("every so many minutes"),
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(7 * DAY_MINUTES)],
    )
    language = models.CharField(max_length=10, default="zh-hans")
    waiting = models.JSONField(default=dict, blank=True)
    due_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=LONGEST_SENTENCE, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["folder", "way"],
                name="drop_folder_once",
                violation_error_message=_("Another one uses this folder: choose another folder."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        """Return whether it works."""
        return self.state == DropState.ACTIVE


class Run(models.Model):
    """One file on its way in: looked through first, then taken in, a chunk at a time.

    ``head`` holds the columns as the file has them; ``n_done`` the chunks that are behind it, which
    begins anew when it is taken.  ``takes`` says that it is taken without anybody pressing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=9, choices=State, default=State.UPLOADED)
    table = models.SlugField(_("table"), max_length=20, db_index=False)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    client = models.ForeignKey(Client, models.PROTECT, null=True, blank=True, related_name="+")
    drop = models.ForeignKey(Drop, models.PROTECT, null=True, blank=True, related_name="runs")
    source = models.CharField(_("whose ids"), max_length=60, blank=True)
    crs = models.CharField(_("coordinate system"), max_length=12, default="WGS84")
    name = models.CharField(_("file name"), max_length=LONGEST_NAME)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    takes = models.BooleanField(default=False)
    head = models.JSONField(default=list)
    n_rows = models.PositiveIntegerField(default=0)
    n_chunks = models.PositiveIntegerField(default=0)
    n_done = models.PositiveIntegerField(default=0)
    n_fresh = models.PositiveIntegerField(default=0)
    n_known = models.PositiveIntegerField(default=0)
    n_refused = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=LONGEST_SENTENCE, blank=True)
    uploaded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-uploaded_at"], name="run_latest"),
            models.Index(
                fields=["uploaded_at"], name="run_to_erase", condition=models.Q(erased_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_busy(self) -> bool:
        """Return whether the program works on it."""
        return self.state in {State.UPLOADED, State.RUNNING}

    @property
    def percent(self) -> int:
        """Return how much of it is behind, 0 to 100."""
        return 100 * self.n_done // self.n_chunks if self.n_chunks else 0


class Chunk(models.Model):
    """Some rows of a file with their numbers, packed and sealed: they may hold contacts.

    Its key is a running number, which no address shows.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="chunks", db_index=False)
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="chunk_once")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.number}"


class Refused(models.Model):
    """A row that was not taken, and why; what it says stands in its chunk alone."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="refused", db_index=False)
    number = models.PositiveIntegerField()
    column = models.CharField(max_length=60, blank=True)
    sentence = models.CharField(max_length=LONGEST_SENTENCE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="refused_once")]

    def __str__(self) -> str:
        return f"{self.number}: {self.sentence}"


class Dropped(models.Model):
    """A file that a folder once held: the same name with the same content is never taken again."""

    drop = models.ForeignKey(Drop, models.CASCADE, related_name="files", db_index=False)
    name = models.CharField(max_length=LONGEST_NAME)
    sha256 = models.CharField(max_length=64)
    run = models.OneToOneField(Run, models.SET_NULL, null=True, related_name="dropped")
    at = models.DateTimeField()
    moved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["drop", "name", "sha256"], name="dropped_once")
        ]

    def __str__(self) -> str:
        return self.name
