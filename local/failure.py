"""What ends a command with one clear line instead of a traceback."""

INTERRUPTED = 130  # the shell's exit code for Ctrl-C


class CannotRun(Exception):  # noqa: N818 a person reads the name in a traceback
    """A part of the stack cannot run; the text says what, why and which variable changes it."""


class StopRequested(Exception):  # noqa: N818 an answer from outside, not an error
    """Ctrl-C, SIGTERM or `stop` arrived while something was being waited for."""
