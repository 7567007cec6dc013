"""Write a PDF so that every reader finds the same streams in it, and always the same bytes.

A stream is followed by an end of line that is not part of it. Where the stream itself ends with a
carriage return, the two look like one end of line, and archive validators count the stream a byte
short (ISO 19005-3, 6.1.7.1). Compressed data end so once in 256 times.
"""

from __future__ import annotations

from io import BytesIO

import pikepdf
from pikepdf import Array, Name, ObjectStreamMode, Stream

_AMBIGUOUS_END = b"\r\nendstream"
_RUN = 128
_END_OF_RUNS = b"\x80"


def saved(pdf: pikepdf.Pdf) -> bytes:
    """The file, with the same id and bytes for the same content, its metadata as they are."""
    for one in pdf.objects:
        if isinstance(one, Stream) and one.read_raw_bytes().endswith(b"\r"):
            _end_with_marker(one)
    data = _written(pdf, ObjectStreamMode.generate)
    if _AMBIGUOUS_END in data:
        # One of the streams that are made while saving ends so: do without those, at some bytes.
        data = _written(pdf, ObjectStreamMode.disable)
    return data


def _written(pdf: pikepdf.Pdf, mode: ObjectStreamMode) -> bytes:
    out = BytesIO()
    pdf.save(out, deterministic_id=True, fix_metadata_version=False, object_stream_mode=mode)
    return out.getvalue()


def _end_with_marker(stream: Stream) -> None:
    """Wrap the stream in run lengths without runs: the same content, ended by their marker."""
    raw = stream.read_raw_bytes()
    runs = (raw[start : start + _RUN] for start in range(0, len(raw), _RUN))
    wrapped = b"".join(bytes([len(run) - 1]) + run for run in runs) + _END_OF_RUNS
    filters = stream.get("/Filter", Array())
    inner = list(filters) if isinstance(filters, Array) else [filters]
    parameters = stream.get("/DecodeParms")
    if parameters is not None:
        listed = list(parameters) if isinstance(parameters, Array) else [parameters]
        parameters = Array([None, *listed])
    stream.write(wrapped, filter=Array([Name.RunLengthDecode, *inner]), decode_parms=parameters)
