"""What SSI's own clients want to be configured with, in their exact names, ready to paste or to load."""

from pathlib import Path

from simulator.credentials import Credentials, write_private

FOLDER = "clients"


def fctrading_module(credentials: Credentials, url: str) -> str:
    """`fc_config.py` of SSI's Python examples: the module that `ssi-fctrading` programs read."""
    return f"""\
ConsumerID     = "{credentials.consumer_id}"
ConsumerSecret = "{credentials.consumer_secret}"
PrivateKey     = open("{credentials.private_key_file}").read()
Url            = "{url}"
StreamURL      = "{url}"
TwoFAType      = 0
NotifyId       = "-1"
"""


def fctrading_environment(credentials: Credentials, url: str) -> str:
    """The variables from which SSI's unchanged `fc_config.py` reads the same."""
    values = {
        "ConsumerID": credentials.consumer_id,
        "ConsumerSecret": credentials.consumer_secret,
        "PrivateKey": credentials.private_key_file.read_text(),
        "Url": url,
        "StreamURL": url,
        "TwoFAType": "0",
        "NotifyId": "-1",
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())


def fcdata_module(credentials: Credentials, url: str) -> str:
    """`config.py` as the README of `ssi-fc-data` has it."""
    return f"""\
auth_type = 'Bearer'
consumerID = '{credentials.consumer_id}'
consumerSecret = '{credentials.consumer_secret}'
url = '{url}'
stream_url = '{url}'
"""


def node_object(credentials: Credentials, url: str) -> str:
    """The `config` object of SSI's Node READMEs, for `ssi-fctrading` and `ssi-fcdata` alike."""
    return f"""\
var config = {{
    ConsumerID: "{credentials.consumer_id}",
    ConsumerSecret: "{credentials.consumer_secret}",
    PrivateKey: require("fs").readFileSync("{credentials.private_key_file}", "utf8"),

    URL: "{url}",
    stream_url: "{url}",
}};
"""


def write_configurations(credentials: Credentials, url: str) -> Path:
    """Write all of them into a folder beside the keys and return it."""
    folder = credentials.private_key_file.parent / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    write_private(folder / "fc_config.py", fctrading_module(credentials, url))
    write_private(folder / "ssi-fctrading.env", fctrading_environment(credentials, url))
    write_private(folder / "config.py", fcdata_module(credentials, url))
    write_private(folder / "config.js", f"{node_object(credentials, url)}module.exports = config;\n")
    return folder
