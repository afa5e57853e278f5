"""The things of the city that offices keep (manholes, lamps, bins, trees), and what is raised of each.

Words: asset, asset class (minor class), keeper, owner, condition.  Imports `matters` and below.
An asset is a thing: nothing here says anything of persons or homes.
"""
