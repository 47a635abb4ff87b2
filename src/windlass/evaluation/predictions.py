"""A prediction as JSON text, kept on its span so that it can be scored again without asking the target."""

import json

from pydantic import TypeAdapter, ValidationError

from windlass.errors import InputError
from windlass.evaluation.samples import Prediction

_PREDICTION = TypeAdapter(Prediction)


def dump_prediction(prediction: Prediction) -> str:
    return _PREDICTION.dump_json(prediction).decode()


def load_prediction(text: str) -> Prediction:
    """Read a prediction back. Raises InputError when the text is not one."""
    try:
        return _PREDICTION.validate_json(text)
    except ValidationError as error:
        raise InputError(
            f"The prediction kept on this sample's span cannot be read: {error.errors()[0]['msg']}."
        ) from error


def text_of(value: object) -> str:
    """Return how an input is shown: text as it is, an object of one text as that text, else JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and len(value) == 1:
        only = next(iter(value.values()))
        if isinstance(only, str):
            return only
    return json.dumps(value, ensure_ascii=False)
