"""The parameters of one municipality's plan year: closed, frozen, complete before anything starts.

`read(kommune, aar, root)` merges the year's shared facts (`params/<aar>.yaml`) with the
municipality's own (`params/<kommune>/<aar>.yaml`, which wins) and refuses all that is wrong at once.
"""
