"""Beginnings: next year's params from last year's, a first params file, a notebook of one's own.

Params are texts that people write and comment, so nothing here loads a file and dumps it again: what
must change is changed in the text (`YamlText`), and everything else stays as it was written.
"""
