"""Serialises calls and parses answers with botocore, line by line, for botocore.test.ts.

stdin:  {"service", "operation", "protocol", "params"}
        or {"service", "operation", "protocol", "response": {"status", "headers", "body"}, "output"}
stdout: {"method", "path", "query", "headers", "body", "given"}  or  {"parsed", "given"}
`given` is the input or output without the members that botocore does not know.
Bytes travel as {"$bytes": base64}, times as {"$date": milliseconds}.
"""
import base64
import datetime
import io
import json
import sys

import botocore.model
import botocore.parsers
import botocore.serialize
import botocore.session
from botocore.awsrequest import HeadersDict

loader = botocore.session.get_session().get_component("data_loader")
models = {}


def model_of(service):
    if service not in models:
        data = loader.load_service_model(service, "service-2")
        models[service] = botocore.model.ServiceModel(data, service)
    return models[service]


def revive(value):
    if isinstance(value, list):
        return [revive(v) for v in value]
    if isinstance(value, dict):
        if "$bytes" in value:
            return base64.b64decode(value["$bytes"])
        if "$date" in value:
            return datetime.datetime.fromtimestamp(value["$date"] / 1000, datetime.timezone.utc)
        return {k: revive(v) for k, v in value.items()}
    return value


class Unknown(Exception):
    """The call can't be said with botocore's model."""


def known(value, shape):
    """The value without members that the shape has not."""
    if shape is None or value is None:
        return {} if shape is None else None
    if shape.type_name == "structure" and not getattr(shape, "is_document_type", False) and isinstance(value, dict):
        kept = {k: known(v, shape.members[k]) for k, v in value.items() if k in shape.members}
        if value and not kept:
            raise Unknown  # all it had is newer; unions and query structures can't be empty
        return kept
    if shape.type_name == "list":
        return [known(v, shape.member) for v in value]
    if shape.type_name == "map":
        return {k: known(v, shape.value) for k, v in value.items()}
    return value


def plain(value):
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (bytes, bytearray)):
        return {"$bytes": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, datetime.datetime):
        return {"$date": round(value.timestamp() * 1000)}
    if hasattr(value, "read"):
        return plain(value.read())
    return value


def serialise(service, operation, params, protocol):
    serializer = botocore.serialize.create_serializer(protocol, False)
    request = serializer.serialize_to_request(revive(params), operation)
    body = request["body"]
    if isinstance(body, dict):
        from urllib.parse import urlencode

        body = urlencode(body, doseq=True)
    if isinstance(body, str):
        body = body.encode()
    query = request["query_string"]
    if isinstance(query, str):
        query = dict(p.split("=", 1) if "=" in p else (p, "") for p in query.split("&") if p)
    return {
        "method": request["method"],
        "path": request["url_path"],
        "query": query or {},
        "headers": {k: str(v) for k, v in request["headers"].items()},
        "body": base64.b64encode(body or b"").decode(),
    }


def parse(service, operation, response, protocol):
    parser = botocore.parsers.create_parser(protocol)
    body = base64.b64decode(response["body"])
    if operation.has_streaming_output:
        body = io.BytesIO(body)
    answer = {"status_code": response["status"], "headers": HeadersDict(response["headers"]), "body": body, "context": {"operation_name": operation.name}}
    return {"parsed": plain(parser.parse(answer, operation.output_shape))}


for line in sys.stdin:
    job = json.loads(line)
    service = model_of(job["service"])
    try:
        operation = service.operation_model(job["operation"])
        protocol = job["protocol"]
        if "params" in job:
            given = known(job["params"], operation.input_shape)
            result = {**serialise(service, operation, given, protocol), "given": given}
        else:
            given = known(job["output"], operation.output_shape)
            result = {**parse(service, operation, job["response"], protocol), "given": given}
    except (botocore.model.OperationNotFoundError, Unknown):
        result = {"unknown": True}
    except Exception as error:  # reported by the test
        result = {"failed": f"{type(error).__name__}: {error}"}
    print(json.dumps(result), flush=True)
