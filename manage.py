#!/usr/bin/env python
"""Django's own commands; the operator's commands are in ``jiuzhu`` (jiuzhu/cli.py)."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiuzhu.settings.local")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
