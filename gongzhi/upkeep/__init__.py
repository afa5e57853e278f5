"""What keeps an installation well: backup and restore, proof that nothing was changed, its health.

It reads every table by its name alone and stands beside open data: above the spine, below the faces.
Words: archive, manifest, digest, finding.  Imports `deadlines`, `jobs`, `audit` and `base`.
"""
