"""The commands that are about this machine: `topics doctor`, `topics completion`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from cyclopts import App, Parameter

Json = Annotated[bool, Parameter(negative=(), help="Print exactly one JSON object.")]
Shell = Literal["bash", "zsh", "fish"]


def add_machine(app: App, write: Callable[[str], None], write_json: Callable[[object], None]) -> None:
    """Add the commands; what they find goes to the two writers."""

    @app.command
    def doctor(*, json: Json = False) -> None:
        """Show versions, optional parts with the line that installs each, plug-ins, threads, folders, fonts and browsers.

        Example: topics doctor

        Example: topics doctor --json
        """
        from topics.doctor import examine

        found = examine()
        write_json(found) if json else write("\n".join(f"{name}: {value}" for name, value in found.items()))

    @app.command
    def completion(shell: Shell) -> None:
        """Print the script that completes commands and options in a shell.

        Example: topics completion bash >> ~/.bash_completion

        Example: topics completion fish > ~/.config/fish/completions/topics.fish

        Parameters
        ----------
        shell
            Of zsh, keep the script as `_topics` in a folder of `$fpath`.
        """
        write(app.generate_completion(prog_name="topics", shell=shell))
