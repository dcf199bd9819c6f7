"""`policylang completion`: a script that completes commands and options in a shell."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from policylang.surfaces.cli import streams

EXAMPLES = """
policylang completion bash > ~/.local/share/bash-completion/completions/policylang
policylang completion zsh > ~/.zfunc/_policylang
policylang completion fish > ~/.config/fish/completions/policylang.fish
"""
SHELLS = ("bash", "zsh", "fish", "tcsh")


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="which shell")


def run(options: Namespace) -> int:
    from policylang.surfaces.cli.parser import whole_parser

    parser = whole_parser()
    if options.shell == "fish":
        from policylang.surfaces.cli.fish import script

        streams.result(script(parser))
        return 0
    import shtab

    streams.result(shtab.complete(parser, shell=options.shell))
    return 0
