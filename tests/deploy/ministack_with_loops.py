"""Starts MiniStack, with what it lacks of Lambda's recursive loop detection: chains through SQS.

MiniStack 1.5.33 stops a function that invokes itself, and no other loop. Here SQS keeps the trace header that a message is sent with,
an invocation goes on from the trace header of its messages, and counts itself in it, and a message whose chain has come to a function
16 times is not handed to it, unless the function has RecursiveLoop Allow: it is received again, until it is a dead letter.
The header has the form that mocks/local-stack/trace.ts writes.
"""

import contextvars
import hashlib
import re
import secrets
import sys
import time

from ministack import app
from ministack.services import lambda_svc, sqs

# The header of the request under way, and the one that the invocation under way goes on from.
sent_with = contextvars.ContextVar("sent_with", default=None)
goes_on_from = contextvars.ContextVar("goes_on_from", default=None)


def lineage_of(header):
    found = re.search(r"Lineage=([^;]*)", header or "")
    parts = [part.split(":") for part in (found.group(1) if found else "").split("|")]
    return {part[0]: int(part[1]) for part in parts if len(part) == 2}


def hash_of(name):
    return hashlib.sha256(name.encode()).hexdigest()[:8]


def rounds_of(header, name):
    return lineage_of(header).get(hash_of(name), 0)


def next_trace(config, _inbound=None):
    header, name = goes_on_from.get(), config["FunctionName"]
    root = re.search(r"Root=[^;]+", header or "")
    lineage = lineage_of(header)
    lineage[hash_of(name)] = lineage.get(hash_of(name), 0) + 1
    counts = "|".join(f"{function}:{count}" for function, count in lineage.items())
    trace = root.group(0) if root else f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    if header:
        print(f"chain of messages: {name} for the {lineage[hash_of(name)]}. time", file=sys.stderr, flush=True)
    return f"{trace};Parent={secrets.token_hex(8)};Sampled=0;Lineage={counts}"


handle_request = sqs.handle_request
build_send_sys_attrs = sqs._build_send_sys_attrs
run_sqs_batch = lambda_svc._run_sqs_batch


async def handle_traced_request(method, path, headers, body, query_params):
    sent_with.set(headers.get("x-amzn-trace-id"))
    return await handle_request(method, path, headers, body, query_params)


def build_traced_sys_attrs(now, given):
    attributes = build_send_sys_attrs(now, given)
    if sent_with.get():
        attributes.setdefault("AWSTraceHeader", sent_with.get())
    return attributes


def run_batch_without_loops(esm, function, event, batch, queue_url, queue_name):
    name = esm["FunctionName"]
    header_of = {record["messageId"]: record["attributes"].get("AWSTraceHeader") for record in event["Records"]}
    stopped = {
        message
        for message, header in header_of.items()
        if lambda_svc._recursive_loop_drop(name, function, rounds_of(header, name) + 1)
    }
    records = [record for record in event["Records"] if record["messageId"] not in stopped]
    if not records:
        return
    headers = [header_of[record["messageId"]] for record in records]
    goes_on_from.set(max(headers, key=lambda header: (rounds_of(header, name), bool(header))))
    left = [message for message in batch if message["id"] not in stopped]
    run_sqs_batch(esm, function, {"Records": records}, left, queue_url, queue_name)


sqs.handle_request = handle_traced_request
sqs._build_send_sys_attrs = build_traced_sys_attrs
lambda_svc._run_sqs_batch = run_batch_without_loops
lambda_svc._xray_trace_id_for_invocation = next_trace

if __name__ == "__main__":
    app.main()
