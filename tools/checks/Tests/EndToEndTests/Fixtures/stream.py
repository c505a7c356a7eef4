#!/usr/bin/env python3
"""Invokes a function with boto3's invoke_with_response_stream and prints each event of the answer as it comes."""
import json, sys
import boto3
from botocore.config import Config

client = boto3.client(
    "lambda", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none",
    config=Config(read_timeout=300, retries={"total_max_attempts": 1}, proxies={}))
answer = client.invoke_with_response_stream(FunctionName="f", LogType="Tail", Payload=sys.argv[2])
print(answer["StatusCode"], answer["ExecutedVersion"], answer["ResponseStreamContentType"], flush=True)
for event in answer["EventStream"]:
    for name, content in event.items():
        print(name, content["Payload"].decode() if name == "PayloadChunk" else json.dumps(sorted(content)), flush=True)
