"""`python -m dtmflow`: the same as the command `dtmflow`."""

import sys

from dtmflow.cli.main import main

sys.exit(main())
