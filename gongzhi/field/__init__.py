"""The face for grid workers: what is open in my grid today, reporting in half a minute, the map.

For one hand and a phone.  The device's point finds a place for one report and is kept nowhere else;
nobody's position is stored, ever.  Imports `matters` and below; no tables.
"""
