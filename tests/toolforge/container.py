"""A container of Toolforge's build service, as far as one machine can be one.

A command of the Procfile runs as the platform runs it: through a shell; in the folder of the checkout, which
it cannot write to; with an environment of its own, and no HOME in it; with a temporary folder and no other
disk; within 512 MiB. As root, as in CI, it is a user that no /etc/passwd knows; otherwise it is ours.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
MEMORY = 512 * 2**20
STRANGER = 54321  # a tool's user is known to LDAP and not to its image
TIMEOUT = 120
LIMITED = f'ulimit -v {MEMORY // 1024} && exec bash -c "$0"'


def procfile() -> dict[str, str]:
    """Return the commands by their names, read by the rules of the Procfile buildpack: one on a line."""
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    return {name: command.strip() for name, _, command in (line.partition(":") for line in lines if line)}


@cache
def disguise() -> tuple[str, ...]:
    """Return the words in front of a command that make a stranger run it; none where that cannot be.

    Where the interpreter lies in a folder of root's own, the stranger may read everything; write it may not.
    That does not help where the checkout lies in one: access(2), which Alembic asks, takes no notice of it.
    """
    setpriv = ("setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups")
    reader = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    tries = (setpriv, setpriv + reader) if os.geteuid() == 0 and shutil.which("setpriv") else ()
    program = "import bot, os, sys; sys.exit(not os.access(bot.__file__, os.R_OK))"
    probe = ("bash", "-c", f"{shlex.quote(sys.executable)} -c '{program}'")
    for words in tries:
        if subprocess.run([*words, *probe], cwd="/", capture_output=True, check=False).returncode == 0:
            return words
    return ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """A command that has ended: its exit code and what it said."""

    code: int
    out: str
    err: str


@dataclass(kw_only=True, slots=True)
class Container:
    """``workspace`` is the checkout; ``environment`` holds what ``toolforge envvars`` would.

    ``disk`` is the tool's own, which is there for a job with ``mount: all``.
    """

    workspace: Path
    temporary: Path
    disk: Path
    environment: dict[str, str] = field(default_factory=dict)

    def configure(self, text: str) -> None:
        """Change news.toml in the repository and build the image again."""
        self._commit("news.toml", text)

    def add_family(self, name: str, text: str) -> None:
        """Add a family file for Pywikibot to the repository and build the image again."""
        self._commit(f"families/{name}_family.py", text)

    def mount(self) -> None:
        """Let the jobs to come see the tool's disk."""
        self.disk.chmod(0o777)
        self.environment["TOOL_DATA_DIR"] = str(self.disk)

    def run(self, command: str) -> Done:
        """Run a command as a job does, until it ends."""
        with self.start(command) as process:
            out, err = process.communicate(timeout=TIMEOUT)
        assert "Traceback" not in err, err
        return Done(code=process.returncode, out=out, err=err)

    def start(self, command: str) -> subprocess.Popen[str]:
        """Start a command as a job does."""
        return subprocess.Popen(
            [*disguise(), "bash", "-c", LIMITED, command],
            cwd=self.workspace,
            env={
                "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
                "TMPDIR": str(self.temporary),
                "NO_HOME": "a buildservice pod does not need a home env",
                **self.environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _commit(self, name: str, text: str) -> None:
        path = self.workspace / "toolforge" / name
        folders = {path.parent, self.workspace / "toolforge"}
        for folder in sorted(folders, reverse=True):
            folder.parent.chmod(0o755)
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
        path.unlink(missing_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o444)
        for folder in folders:
            folder.chmod(0o555)

    def left_behind(self) -> list[str]:
        """Return the names of what is still in the temporary folder."""
        return sorted(path.name for path in self.temporary.iterdir())
