"""How values travel through Temporal: as pydantic's JSON, read by one set of type adapters for the whole process.

The SDK makes a converter for each run of a workflow, and with it would build every adapter again.
"""

from typing import Final

from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
)

_JSON: Final = PydanticJSONPlainPayloadConverter()


class PayloadConverter(CompositePayloadConverter):
    def __init__(self) -> None:
        standard = DefaultPayloadConverter.default_encoding_payload_converters
        super().__init__(*(_JSON if isinstance(each, JSONPlainPayloadConverter) else each for each in standard))


DATA_CONVERTER: Final = DataConverter(payload_converter_class=PayloadConverter)
