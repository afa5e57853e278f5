"""Let PostgreSQL know how often some thousand words stand in the texts, not some hundred.

Of a word that it knows nothing of it takes one text in 200 to hold it, and reads all of them to the last
where none does.
"""

from django.db import migrations

WORDS = 1000  # of a thousand, PostgreSQL keeps ten thousand words


def keep_more(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER INDEX matters_found ALTER COLUMN 1 SET STATISTICS {WORDS}")
        schema_editor.execute("ANALYZE matters_searchwords")


class Migration(migrations.Migration):
    dependencies = [
        ("matters", "0025_api_channel"),
    ]

    operations = [
        migrations.RunPython(keep_more, migrations.RunPython.noop),
    ]
