"""`python -m policylang`: the same as the command `policylang`."""

from __future__ import annotations

import sys

from policylang.surfaces.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
