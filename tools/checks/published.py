"""Fetches published layers back and checks them against what was to be published.

usage: published.py URL REGION                                       prints the names of all layers there
       published.py URL REGION NAME DESCRIPTION FOLDER PRINCIPAL     checks NAME-x86_64 and NAME-arm64

FOLDER has the zips. PRINCIPAL is what may use the layers: "public", an organization's id, or "nobody".
"""
import base64
import hashlib
import json
import sys

import botocore.exceptions
import botocore.session

session = botocore.session.get_session()


def expect(what, expected, actual):
    if expected != actual:
        sys.exit(f"{what}: expected {expected!r}, not {actual!r}")


def check(service, layer, architecture, description, zip_file, principal):
    version = service.get_layer_version(LayerName=layer, VersionNumber=1)
    expect("description", description, version["Description"])
    expect("licence", "MIT", version["LicenseInfo"])
    expect("architectures", [architecture], version["CompatibleArchitectures"])

    # The API takes at most 15, and refuses one that it does not know; the server here is less strict.
    shapes = service.meta.service_model
    runtimes = version["CompatibleRuntimes"]
    expect("unknown runtimes", [], [name for name in runtimes if name not in shapes.shape_for("Runtime").enum])
    if len(runtimes) > shapes.shape_for("CompatibleRuntimes").metadata["max"]:
        sys.exit(f"{len(runtimes)} runtimes are more than the API takes")
    for family in ["provided.al2023", "python", "nodejs", "java", "ruby", "dotnet"]:
        expect(f"a runtime of {family}", True, any(name.startswith(family) for name in runtimes))

    # Amazon Linux 2 ended on 30 June 2026.
    expect("provided.al2 among the runtimes", False, "provided.al2" in runtimes)

    with open(zip_file, "rb") as file:
        sent = file.read()
    # The server's own checksum of what it received stands for the bytes: it offers no address to fetch them from.
    content = version["Content"]
    expect("size", len(sent), content["CodeSize"])
    expect("checksum", base64.b64encode(hashlib.sha256(sent).digest()).decode(), content["CodeSha256"])
    expect("permission", principal, permission(service, layer))
    return version["LayerVersionArn"]


def permission(service, layer):
    try:
        policy = json.loads(service.get_layer_version_policy(LayerName=layer, VersionNumber=1)["Policy"])
    except botocore.exceptions.ClientError as error:
        expect("error", "ResourceNotFoundException", error.response["Error"]["Code"])
        return "nobody"
    (statement,) = policy["Statement"]
    expect("effect", "Allow", statement["Effect"])
    expect("action", "lambda:GetLayerVersion", statement["Action"])
    expect("principal", "*", statement["Principal"])
    # The server keeps the organization as a member, where AWS makes a condition of it.
    return statement.get("OrganizationId", "public")


url, region, *expectation = sys.argv[1:]
service = session.create_client("lambda", region_name=region, endpoint_url=url)
if not expectation:
    print("\n".join(layer["LayerName"] for layer in service.list_layers()["Layers"]))
else:
    name, description, folder, principal = expectation
    for architecture in ["x86_64", "arm64"]:
        zip_file = f"{folder}/postinvoke-{architecture}.zip"
        print(check(service, f"{name}-{architecture}", architecture, description, zip_file, principal))
