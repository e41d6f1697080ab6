"""What the engine or a file gives, as a pandas frame with few, plain types."""

from typing import Any

import pandas as pd
import pyarrow as pa


def framed(answer: Any) -> Any:
    """An Arrow table as a frame, types as `fetch`."""
    answer = answer.cast(pa.schema([(field.name, _plain(field.type)) for field in answer.schema]))
    frame = answer.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}.get)
    for name in frame.columns:
        kind = str(frame[name].dtype)
        if kind == "Int64" and not frame[name].isna().any():
            frame[name] = frame[name].astype("int64")
        elif kind == "object":
            frame[name] = frame[name].astype("str")
    return frame


def _plain(kind: Any) -> Any:
    """The one type of its kind: engines differ in widths, in the unit of times and in the zone they write beside UTC."""
    if pa.types.is_integer(kind):
        return pa.int64()
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return pa.timestamp("us")
    return pa.float64() if pa.types.is_floating(kind) else kind
