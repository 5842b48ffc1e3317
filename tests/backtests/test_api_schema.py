"""The API does what its schema says, for requests nobody thought of."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

from alphabench.wsgi import application

pytestmark = [pytest.mark.timeout(240)]
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
EXAMPLES = 12


def test_every_answer_is_as_the_schema_says(data, empty_cache):
    schema = schemathesis.openapi.from_wsgi("/api/schema/", application)
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 15
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def every_request(case):
            case.call_and_validate(checks=CHECKS)

        every_request()
