"""Sentences made from numbers: commentary, summary and key figures in Danish.

`one_benefit` has every comparison word with its threshold; `all_benefits` tells all
benefits of a page together; `language` has the pieces that sentences are built of.
"""
