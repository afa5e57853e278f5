from django.db import migrations

from gongzhi.base.seal import seal


def seal_purposes(apps, schema_editor):
    """Seal what staff wrote when they looked how somebody is reached: it stood in clear."""
    people = apps.get_model("parties", "Party").objects.values("pk")
    looks = apps.get_model("audit", "Look").objects.filter(subject__in=people, sealed=None)
    for look in looks.iterator():
        look.sealed, look.purpose = seal({"why": look.purpose}, look.pk.hex), ""
        look.save(update_fields=["sealed", "purpose"])


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0001_parties"),
        ("audit", "0002_sealed_purposes"),
    ]

    operations = [migrations.RunPython(seal_purposes, migrations.RunPython.noop, elidable=True)]
