/**
 * What runs a function of a `python3*` runtime: asks the Runtime API for events, and calls the handler. A text of its own, because it runs
 * in the function's process.
 */
export const pythonBootstrap = String.raw`import http.client
import importlib
import json
import logging
import os
import sys
import time
import traceback

API = os.environ["AWS_LAMBDA_RUNTIME_API"]
BASE = "/2018-06-01/runtime/"
HERE = os.path.realpath(__file__)
ADDRESS_SPACE_SLACK = 1 << 30


def limit_memory():
    # A guard against one huge allocation: the size of the process is watched from outside.
    import resource
    most = int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]) * 1024 * 1024 + ADDRESS_SPACE_SLACK
    try:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except (ValueError, OSError):
        pass


class Runtime:
    def __init__(self):
        self.connection = http.client.HTTPConnection(API)

    def call(self, method, path, body=None, headers=None):
        self.connection.request(method, BASE + path, body=body, headers=headers or {})
        response = self.connection.getresponse()
        return response.status, response.headers, response.read()

    def error(self, path, error):
        body = json.dumps(error).encode()
        kind = "".join(c if " " <= c <= "~" else "?" for c in str(error["errorType"]))
        self.call("POST", path, body, {"Content-Type": "application/json", "Lambda-Runtime-Function-Error-Type": kind})


class LogHandler(logging.Handler):
    request_id = ""

    def emit(self, record):
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = "[%s]\t%s.%03dZ\t%s\t%s" % (record.levelname, stamp, record.msecs, LogHandler.request_id, record.getMessage())
        if record.exc_info:
            line += "\n" + "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
        write(line)


def write(text):
    # One record is one line: the server turns carriage returns back.
    sys.stdout.write(text.replace("\n", "\r") + "\n")
    sys.stdout.flush()


class Identity:
    def __init__(self, given):
        self.cognito_identity_id = given.get("cognitoIdentityId")
        self.cognito_identity_pool_id = given.get("cognitoIdentityPoolId")


class Client:
    def __init__(self, given):
        for name in ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"):
            setattr(self, name, given.get(name))


class ClientContext:
    def __init__(self, given):
        self.client = Client(given["client"]) if given.get("client") else None
        self.custom = given.get("custom")
        self.env = given.get("env")


class LambdaContext:
    def __init__(self, headers):
        env = os.environ
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.log_group_name = env.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = env.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = env.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = env.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = env.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        given = headers.get("Lambda-Runtime-Client-Context")
        self.client_context = ClientContext(json.loads(given)) if given else None
        self.identity = Identity(json.loads(headers.get("Lambda-Runtime-Cognito-Identity") or "{}"))
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(self._deadline - int(time.time() * 1000), 0)

    def log(self, message):
        write(str(message))


class Refused(Exception):
    def __init__(self, kind, message, trace=()):
        super().__init__(message)
        self.kind = kind
        self.trace = list(trace)


def described(error, request_id):
    if isinstance(error, Refused):
        return {"errorMessage": str(error), "errorType": error.kind, "requestId": request_id, "stackTrace": error.trace}
    frames = traceback.extract_tb(error.__traceback__)
    while frames and os.path.realpath(frames[0].filename) == HERE:
        frames = frames[1:]
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": request_id,
        "stackTrace": traceback.format_list(frames),
    }


def report(error):
    text = "[ERROR] %s: %s" % (error["errorType"], error["errorMessage"])
    if error["stackTrace"]:
        lines = "".join(error["stackTrace"]).rstrip("\n").split("\n")
        # Log viewers drop leading spaces: these stay.
        kept = ["\u00a0" * (len(line) - len(line.lstrip(" "))) + line.lstrip(" ") for line in lines]
        text += "\nTraceback (most recent call last):\n" + "\n".join(kept)
    write(text)


def load(handler):
    try:
        module_name, function_name = handler.rsplit(".", 1)
    except ValueError as error:
        raise Refused("Runtime.MalformedHandlerName", "Bad handler '%s': %s" % (handler, error))
    name = module_name.replace("/", ".")
    if name.split(".")[0] in sys.builtin_module_names:
        raise Refused("Runtime.BuiltInModuleConflict", "Cannot use built-in module %s as a handler module" % module_name)
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        raise Refused("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module_name, error))
    except SyntaxError as error:
        trace = ['  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)]
        raise Refused("Runtime.UserCodeSyntaxError", "Syntax error in module '%s': %s" % (module_name, error), trace)
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise Refused("Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" % (function_name, module_name))


def main():
    limit_memory()
    root = os.environ["LAMBDA_TASK_ROOT"]
    sys.path[0] = root
    runtime = Runtime()
    logging.root.addHandler(LogHandler())
    try:
        handler = load(os.environ["_HANDLER"])
    except Exception as error:
        told = described(error, "")
        report(told)
        runtime.error("init/error", told)
        sys.exit(1)
    while True:
        status, headers, body = runtime.call("GET", "invocation/next")
        if status != 200:
            sys.exit(1)
        request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        LogHandler.request_id = request_id
        if headers.get("Lambda-Runtime-Trace-Id"):
            os.environ["_X_AMZN_TRACE_ID"] = headers["Lambda-Runtime-Trace-Id"]
        try:
            try:
                event = json.loads(body)
            except ValueError as error:
                raise Refused("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % error)
            result = handler(event, LambdaContext(headers))
            try:
                answer = json.dumps(result, default=decimal).encode()
            except (TypeError, ValueError) as error:
                raise Refused("Runtime.MarshalError", "Unable to marshal response: %s" % error)
        except Exception as error:
            told = described(error, request_id)
            report(told)
            sys.stdout.flush()
            runtime.error("invocation/%s/error" % request_id, told)
        else:
            sys.stdout.flush()
            runtime.call("POST", "invocation/%s/response" % request_id, answer, {"Content-Type": "application/json"})


def decimal(value):
    if type(value).__name__ == "Decimal":
        return float(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


main()
`;
