"""Files in a bucket, by the protocol of S3."""

from __future__ import annotations

from io import BytesIO

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from moto import mock_aws
from PIL import Image

from gongzhi.matters.tests import make
from gongzhi.matters.uploads import tidy
from gongzhi.site import environment

pytestmark = pytest.mark.django_db


def test_files_go_to_a_bucket_and_come_back(client, settings, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("GONGZHI_FILES", "s3://gongzhi/files?region_name=us-east-1")
    _root, bucket = environment.files("GONGZHI_FILES", settings.ROOT)
    photo = BytesIO()
    Image.new("RGB", (80, 80), "white").save(photo, "JPEG")
    town = make.town()
    with mock_aws():
        store = boto3.client("s3", region_name="us-east-1")
        store.create_bucket(Bucket="gongzhi")
        settings.STORAGES = settings.STORAGES | {"default": bucket}
        sent = [tidy(BytesIO(photo.getvalue()))]
        kept = make.matter(town, photos=sent).attachments.get()
        names = [one["Key"] for one in store.list_objects_v2(Bucket="gongzhi")["Contents"]]
        assert f"files/{kept.file.name}" in names
        client.force_login(town.acceptor)
        response = client.get(reverse("matters:file", args=[kept.pk]))
        assert Image.open(BytesIO(b"".join(response.streaming_content))).size == (80, 80)


def test_a_bucket_without_a_name_is_refused(settings, monkeypatch):
    monkeypatch.setenv("GONGZHI_FILES", "s3:///files")
    with pytest.raises(ImproperlyConfigured, match="names no bucket"):
        environment.files("GONGZHI_FILES", settings.ROOT)
