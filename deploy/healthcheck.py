"""Exit code 0 when the API of this container is alive; the image has no curl."""  # noqa: INP001 a script of the image, not a package

import http.client
import os
import sys

connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8001")), timeout=2)
connection.request("GET", "/health/live")
sys.exit(connection.getresponse().status != http.client.OK)
