#!/usr/bin/env python3
"""Reads thousands of broken files of every kind: nothing may crash, hang, take all memory, or fail without a clear error.

    .venv/bin/python extra/fuzz/run.py [--cases 10000] [--only PATTERN …] [--seed 0] [--memory-mb 1500] [--seconds 5]

Each kind is read in processes of its own with a limit of memory (over what the process has when it starts) and of time for each
case. Prints a line a kind and every failure once, with the number that makes it again: `--only NAME --first N --cases 1`. Exit
status 1 when there was any.

A clear error is a FormatError, a ConfigError or an OSError, with a message; or none, where what was changed can be read.
"""

import argparse
import faulthandler
import json
import multiprocessing
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from targets import Target, cases, make_targets  # noqa: E402

from spacy_lite.config import ConfigValidationError  # noqa: E402
from spacy_lite.errors import ConfigError, FormatError  # noqa: E402

CLEAR = (FormatError, ConfigError, ConfigValidationError, OSError, ImportError)
LONGEST = 3000
SAYS_SO = ("has no weights yet", "is outside the match", "none begins before it", "is not loaded yet")


def verdict(target: Target, data: bytes) -> str:
    """ "read", "refused", or what is wrong with the way a broken file fails."""
    try:
        target.use(data)
    except CLEAR as error:
        message = str(error)
        if not message.strip() or isinstance(error, MemoryError):
            return f"{type(error).__name__} without a message"
        return "refused" if len(message) < LONGEST else f"{type(error).__name__} of {len(message)} characters"
    except KeyError as error:
        # Any number may be the id of a string: whether it is shows when the string is asked for.
        known = any(part in str(error) for part in ("is the id of no string", "no string with the id"))
        return "refused" if known else f"KeyError: {str(error)[:100]} at {place(error.__traceback__)}"
    except ValueError as error:
        # Parts that are not in the file are not read, and some values only make no sense together with a text: what is asked
        # for them says so itself.
        known = any(part in str(error) for part in SAYS_SO)
        return "refused" if known else f"{type(error).__name__}: {str(error)[:100]} at {place(error.__traceback__)}"
    except Timeout:
        return "hangs: " + place(sys.exc_info()[2])
    except BaseException as error:  # noqa: BLE001
        return f"{type(error).__name__}: {str(error)[:100]} at {place(error.__traceback__)}"
    return "read"


class Timeout(BaseException):
    """A case takes too long. Not an Exception, so that nothing in between takes it for an error in the file."""


def place(trace: Any) -> str:
    """Where in our code an exception came from."""
    frames = [f for f in traceback.extract_tb(trace) if "/extra/fuzz/" not in f.filename]
    own = [f for f in frames if "spacy_lite" in f.filename] or frames or traceback.extract_tb(trace)
    return " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in own[::-1][:3])


def stop(signum: int, frame: Any) -> None:
    """Called when a case has taken its time."""
    raise Timeout


def serve(target: Target, others: list[bytes], numbers: range, options: Any, pipe: Any) -> None:
    """Read cases in this process, and report each before and after."""
    faulthandler.disable()
    warnings.simplefilter("ignore")
    sys.stderr = open("/dev/null", "w")  # noqa: SIM115
    pages = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limit = pages + options.memory_mb * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    signal.signal(signal.SIGALRM, stop)
    for number, data in cases(target, others, numbers.start, numbers.stop, options.seed):
        pipe.send(("begin", number))
        signal.setitimer(signal.ITIMER_REAL, options.seconds)
        said = verdict(target, data)
        signal.setitimer(signal.ITIMER_REAL, 0)
        pipe.send(("end", said))
    pipe.send(("done", None))


def fuzz(target: Target, others: list[bytes], options: Any) -> tuple[Counter, dict[str, int]]:
    """All cases of a kind: how often each verdict, and the first case of each failure."""
    verdicts: Counter = Counter()
    failures: dict[str, int] = {}
    first, last = options.first, options.first + options.cases
    while first < last:
        mine, theirs = multiprocessing.Pipe()
        process = multiprocessing.Process(target=serve, args=(target, others, range(first, last), options, theirs))
        process.start()
        theirs.close()
        current = first
        said: str | None = None
        while True:
            if not mine.poll(options.seconds + 20):
                said = "hangs in native code"
                process.kill()
                break
            try:
                what, value = mine.recv()
            except EOFError:
                process.join()
                said = f"ends the process (code {process.exitcode})"
                break
            if what == "done":
                break
            if what == "begin":
                current = value
            else:
                count(value, current, verdicts, failures)
        process.join()
        if said is None:
            break
        count(said, current, verdicts, failures)
        first = current + 1
    return verdicts, failures


def count(said: str, number: int, verdicts: Counter, failures: dict[str, int]) -> None:
    """Note a verdict."""
    verdicts[said if said in ("read", "refused") else "failed"] += 1
    if said not in ("read", "refused"):
        # The same place once, whatever value the message has in it.
        where = said.partition(" at ")[2] or said
        if not any(where in known for known in failures):
            failures[said] = number


def main() -> int:
    """Fuzz all kinds and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--memory-mb", type=int, default=1500)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    report, bad = {}, 0
    with tempfile.TemporaryDirectory() as folder:
        targets = make_targets(Path(folder))
        others = [target.data for target in targets]
        for target in targets:
            if options.only and not any(fnmatch(target.name, name) for name in options.only):
                continue
            started = time.perf_counter()
            verdicts, failures = fuzz(target, others, options)
            bad += verdicts["failed"]
            report[target.name] = {"verdicts": dict(verdicts), "failures": failures}
            print(
                f"{target.name}: {verdicts['read']} read, {verdicts['refused']} refused, {verdicts['failed']} failed "
                f"({time.perf_counter() - started:.0f} s)",
                flush=True,
            )
            for said, number in list(failures.items())[:12]:
                print(f"    case {number}: {said}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
