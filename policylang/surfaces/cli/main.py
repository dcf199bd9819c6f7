"""The command `policylang`: finds the command, runs it, and turns whatever goes wrong into words.

Exit codes: 0 fine (or allow), 1 problems found, 2 usage or a missing file, 3 require approval,
4 deny. Nothing that goes wrong ever ends in 0.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from policylang.surfaces.cli import registry, streams
from policylang.surfaces.cli.failure import Failure

USAGE = 2
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line (without the program's name) and return its exit code."""
    streams.prepare()
    code = _guarded(sys.argv[1:] if argv is None else list(argv))
    return code if streams.deliver() else USAGE


def _guarded(arguments: list[str]) -> int:
    try:
        return _run(arguments)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else USAGE
    except BrokenPipeError:
        streams.silence()
        return USAGE
    except streams.Undelivered as error:
        streams.silence()
        streams.say(f"policylang: {error}")
        return USAGE
    except KeyboardInterrupt:
        streams.say("policylang: interrupted")
        return INTERRUPTED
    except Failure as failure:
        return _failed(failure)
    except Exception as error:
        return _unexpected(error)


def _run(arguments: list[str]) -> int:
    name = arguments[0] if arguments else "--help"
    if name.startswith("-"):
        from policylang.surfaces.cli.parser import overview, parse_top

        if not arguments:
            streams.say(overview())
            return USAGE
        streams.result(parse_top(arguments))
        return 0
    if name not in registry.names():
        raise _unknown(name)
    from policylang.surfaces.cli.parser import command_parser

    command = registry.load(name)
    options = command_parser(name, command).parse_intermixed_args(arguments[1:])
    return command.run(options)


def _unknown(name: str) -> Failure:
    from policylang.diagnostics.suggest import did_you_mean

    listed = ", ".join(registry.names())
    near = did_you_mean(name, registry.names())
    return Failure(f"`{name}` is not a command", help=near or f"the commands are {listed}")


def _failed(failure: Failure) -> int:
    streams.say(f"policylang: {failure}")
    if failure.help:
        streams.say(f"  = help: {failure.help}")
    return failure.exit_code


def _unexpected(error: Exception) -> int:
    """A policy that does not pass, or a bug of ours: told in words, and never as an allow."""
    diagnostics = getattr(error, "diagnostics", None)
    if diagnostics is not None:
        from policylang.surfaces.cli.policies import refused

        return refused(diagnostics)
    cause = " ".join(str(error).split())[:300]
    streams.say(f"policylang: internal error: {type(error).__name__}: {cause}")
    return USAGE
