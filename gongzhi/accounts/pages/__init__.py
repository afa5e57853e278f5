"""Signing in, and what is mine."""
