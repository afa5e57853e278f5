"""Files from strangers: proven to be what they say, written anew, stripped of all that tells more.

Pictures become JPEG, documents PDF, recordings MP3; nothing else is taken.
"""

from __future__ import annotations

from typing import IO, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.base import text
from gongzhi.matters.uploads.documents import document
from gongzhi.matters.uploads.pictures import of_image, picture
from gongzhi.matters.uploads.recordings import audio_format, recording
from gongzhi.matters.uploads.upload import TYPES, Sort, Upload, store

__all__ = ["TYPES", "Sort", "Upload", "UploadsField", "of_image", "picture", "store", "tidy"]

MOST_FILES = 9
MOST_BYTES = 20 * 1024 * 1024
LONGEST_NAME = 80
HEAD = 1024  # a PDF may begin a little later than its file
PICTURES_OF_APPLE = (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif")
LABEL = gettext_lazy("Photos, documents, recordings")
TAKEN = (
    "image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif,"
    "application/pdf,audio/*,.m4a,.mp3,.wav,.ogg,.amr"
)


def tidy(file: IO[bytes], name: str = "", *, later: bool = False) -> Upload:
    """Return what is in ``file`` as it is kept; what it is, its bytes tell and not its name.

    With ``later`` a picture is left as it came, for the job that writes it anew.

    :raises ValidationError: too large, or nothing that is taken
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValidationError(_("The file is larger than 20 MB. Please choose a smaller one."))
    shown = text.clean(name.replace("\n", " "))[-LONGEST_NAME:]
    if b"%PDF-" in content[:HEAD]:
        return document(content, shown)
    if (
        audio_format(content)
        and content[8:12] not in PICTURES_OF_APPLE
        and content[8:12] != b"WEBP"
    ):
        return recording(content, shown)
    return picture(content, shown, later=later)


class _Picker(forms.FileInput):
    allow_multiple_selected = True


class UploadsField(forms.FileField):
    """Files in a form, each tidied; the one such field of every face.

    With ``later`` pictures are written anew after the answer: for what a matter keeps, from people
    who send many at once and look at none of them.
    """

    def __init__(self, *, label: Any = LABEL, later: bool = False, **kwargs: Any) -> None:
        self.later = later
        given = {"accept": TAKEN, "data-max": MOST_FILES}
        super().__init__(label=label, required=False, widget=_Picker(attrs=given), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:  # noqa: ARG002
        """Return the files in order.

        :raises ValidationError: too many, or a sentence with its name for each that is not taken
        """
        files: list[UploadedFile[bytes]] = [file for file in data or () if file]
        if len(files) > MOST_FILES:
            raise ValidationError(_("Please send at most 9 files."))
        found, faults = [], []
        for file in files:
            try:
                found.append(tidy(file, file.name or "", later=self.later))
            except ValidationError as fault:
                faults += [f"{file.name}: {said}" for said in fault.messages]
        if faults:
            raise ValidationError(faults)
        return found
