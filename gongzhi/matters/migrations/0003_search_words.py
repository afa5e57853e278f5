"""The search words of matters, and the index on them that each database has."""

import django.db.models.deletion
from django.db import migrations, models

import gongzhi.matters.models.search

# The tokeniser “ascii” parts at blanks only, as all of our words are.  Without positions
# (detail=none) the index takes half the room; the words themselves stand in the table beside it.
REMOVE = (
    "INSERT INTO matters_found (matters_found, rowid, words) VALUES ('delete', old.key, old.words);"
)
ADD = "INSERT INTO matters_found (rowid, words) VALUES (new.key, new.words);"
TRIGGER = "CREATE TRIGGER matters_found_{0} AFTER {0} ON matters_searchwords BEGIN {1} END"
INDEX = {
    "sqlite": [
        "CREATE VIRTUAL TABLE matters_found USING fts5(words, content='matters_searchwords',"
        " content_rowid='key', tokenize='ascii', detail=none)",
        TRIGGER.format("INSERT", ADD),
        TRIGGER.format("DELETE", REMOVE),
        TRIGGER.format("UPDATE", REMOVE + ADD),
    ],
    "postgresql": [
        "CREATE INDEX matters_found ON matters_searchwords"
        " USING gin (array_to_tsvector(string_to_array(words, ' ')))"
    ],
}


def index(apps, schema_editor):
    for statement in INDEX[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unindex(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE matters_found")


class Migration(migrations.Migration):
    dependencies = [("matters", "0002_desks_parts_co_offices")]

    operations = [
        migrations.CreateModel(
            name="SearchWords",
            fields=[
                ("key", models.BigIntegerField(primary_key=True, serialize=False)),
                ("words", gongzhi.matters.models.search.WordsField()),
                (
                    "matter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_words",
                        to="matters.matter",
                    ),
                ),
            ],
        ),
        migrations.RunPython(index, unindex),
    ]
