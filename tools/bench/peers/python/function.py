"""A function on AWS's own runtime for Python, with nothing in it.

usage: function.py    (AWS_LAMBDA_RUNTIME_API=127.0.0.1:PORT)
"""


def handler(event, context):
    return {"ok": True}


if __name__ == "__main__":
    from awslambdaric.__main__ import main

    main(["awslambdaric", "function.handler"])
