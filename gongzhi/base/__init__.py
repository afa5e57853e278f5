"""Pure helpers without tables: keys, lifecycles, sealed facts, text, geometry, HTTP.

Also holds what every page shares: layouts, styles, vendored libraries.  Imports nothing of ours.
"""
