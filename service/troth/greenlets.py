"""The `troth` command on greenlets: `python -m troth.greenlets worker`.

Greenlets must be patched in before anything else is imported.
"""

from gevent import monkey

monkey.patch_all()

from troth.cli.main import main  # noqa: E402 - see above

if __name__ == "__main__":
    main()
