"""A peer in Java: its sources compiled against Debian's jars, and run until the test is over."""

import contextlib
import shutil
import subprocess
from pathlib import Path

JARS = Path("/usr/share/java")
PEERS = Path(__file__).parent


class Java:
    """The sources of ``tests/peers/<name>`` and the jars (by name) that they need."""

    def __init__(self, name, jars, folder):
        files = [JARS / f"{jar}.jar" for jar in jars]
        assert shutil.which("javac"), "run: tests/peers/install.sh heavy"
        assert all(file.is_file() for file in files), "run: tests/peers/install.sh heavy"
        self._sources, self.folder = PEERS / name, folder
        self.path = ":".join(map(str, [*files, folder]))

    def tool(self, *command):
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)

    def compile(self, *options):
        sources = self._sources.glob("*.java")
        self.tool("javac", "-nowarn", *options, "-encoding", "UTF-8", "-cp", self.path, "-d", self.folder, *sources)  # fmt: skip

    @contextlib.contextmanager
    def running(self, main, *arguments):
        """Its process, and the first line that it wrote."""
        command = ["java", "-Dfile.encoding=UTF-8", "-cp", self.path, main, *arguments]
        with (self.folder / "log").open("wb") as log:
            server = subprocess.Popen(
                command, cwd=self.folder, stdout=subprocess.PIPE, stderr=log, text=True
            )
        with server:
            try:
                line = server.stdout.readline().strip()
                assert line, (self.folder / "log").read_text("utf-8", "replace")[-2000:]
                yield line
            finally:
                server.kill()
