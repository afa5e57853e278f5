"""Lists of choices, compared with those that Django's own templates draw."""

from __future__ import annotations

import pytest
from django.forms import NullBooleanSelect, Select, SelectMultiple
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.base.choices import Renderer

words = st.text(max_size=8) | st.sampled_from(['"><script>', "a&b", "'", "{{ x }}", "路灯"])
labels = words | words.map(mark_safe) | st.integers() | st.just(gettext_lazy("Yes"))
values = words | st.integers() | st.none() | st.booleans() | st.floats(allow_nan=False)
choices = st.lists(
    st.tuples(values, labels)
    | st.tuples(labels.filter(bool), st.lists(st.tuples(values, labels), max_size=3)),
    max_size=6,
)
attrs = st.dictionaries(st.sampled_from(["id", "class", "data-x", "required"]), values, max_size=4)


@given(choices, attrs, values, words, st.booleans())
def test_a_list_is_drawn_as_django_draws_it(choices, attrs, chosen, name, is_required):
    widget = Select(attrs=attrs, choices=choices)
    widget.is_required = is_required
    drawn = [widget.render(name, chosen, renderer=one) for one in (Renderer(), DjangoTemplates())]
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize(
    ("widget", "chosen"),
    [
        (NullBooleanSelect(), True),
        (SelectMultiple(choices=[("a", "A"), ("b", "B"), ("c", "C")]), ["a", "c"]),
    ],
)
def test_so_are_lists_of_other_sorts(widget, chosen):
    drawn = [widget.render("x", chosen, renderer=one) for one in (Renderer(), DjangoTemplates())]
    assert drawn[0] == drawn[1]
