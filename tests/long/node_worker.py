"""The command `flask consult work`, with the mail server of a test at a port of this machine.

`python -m tests.long.node_worker PORT`; all else is said by the environment.
"""

import sys

from consult import create_app
from consult.interfaces.commands.platform import work_command


def main() -> None:
    app = create_app(
        {"MAIL_URL": "smtp://127.0.0.1:1025", "MAIL_PORT": int(sys.argv[1]), "MAIL_TIMEOUT": 5}
    )
    with app.app_context():
        work_command.main([])


if __name__ == "__main__":
    main()
