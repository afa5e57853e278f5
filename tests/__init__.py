"""Tests across apps; an app's own tests are in the app."""
