"""A client of Spark Connect that is told what to do, a JSON object per line, as a notebook is: it keeps its sessions from one line to the next."""

import json
import sys

from pyspark.sql.connect.session import SparkSession

sessions = {}


def do(what, session, url=None, rows=None):
    if what == "open":
        sessions[session] = SparkSession.builder.remote(url).create()
        return sessions[session].version
    if what == "count":
        return sessions[session].range(rows).count()
    if what == "close":
        return sessions.pop(session).stop()
    raise ValueError(what)


for line in sys.stdin:
    try:
        answer = {"value": do(**json.loads(line))}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
