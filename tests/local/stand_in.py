"""A small process in the place of the simulator, the worker or the API, to try the supervision without them.

`python stand_in.py simulator --port N --data FOLDER`, `python stand_in.py worker`, `python stand_in.py api`.
"""

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SSI_LINES = {
    "SSI_API_URL": "http://127.0.0.1:1/",
    "SSI_STREAM_URL": "http://127.0.0.1:1/",
    "SSI_DATA_URL": "http://127.0.0.1:1/",
    "SSI_DATA_STREAM_URL": "http://127.0.0.1:1/",
    "SSI_API_KEY": "simulated-key",
    "SSI_API_SECRET": "simulated-secret",
    "SSI_PRIVATE_KEY_FILE": "/dev/null",
    "SSI_PIN": "1234",
    "SSI_ACCOUNT": "0000001",
}


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = {"ceiling": 91500} if self.path.startswith("/control/symbols") else dict(os.environ)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


def main(role: str, options: list[str]) -> None:
    if role == "worker":
        Path(os.environ["OMS_READY_FILE"]).touch()
        threading.Event().wait()
    given = dict(zip(options[::2], options[1::2], strict=True))
    if role == "simulator":
        lines = "".join(f"{name}={value}\n" for name, value in SSI_LINES.items())
        (Path(given["--data"]) / "ssi.env").write_text(lines)
    port = int(given.get("--port") or os.environ["PORT"])
    ThreadingHTTPServer(("127.0.0.1", port), Answers).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
