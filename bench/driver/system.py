"""What a reader must know of the machine and the programs to compare numbers with others."""

import os
import re
import subprocess
from datetime import datetime, timezone
from pathlib import Path

CPUS = Path("/sys/devices/system/cpu")


def first_line(file: Path) -> str:
    return file.read_text().partition("\n")[0] if file.exists() else ""


def cpu_model() -> str:
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return model[1] if model else "unknown"


def caches() -> str:
    """L1 data 32K, L2 512K, L3 32768K"""
    texts = []
    for cache in sorted((CPUS / "cpu0/cache").glob("index*")):
        kind, level, size = (first_line(cache / name) for name in ("type", "level", "size"))
        if kind != "Instruction":
            texts.append(f"L{level}{' data' if kind == 'Data' else ''} {size}")
    return ", ".join(texts) or "unknown"


def cores_for(threads: int) -> list[int]:
    """The cores for so many threads: the first ones, of different physical cores if possible."""

    def is_second(core: int) -> bool:
        siblings = first_line(CPUS / f"cpu{core}/topology/thread_siblings_list")  # "0-1", "0,4"
        return bool(siblings) and int(re.split("[-,]", siblings)[0]) != core

    return sorted(sorted(os.sched_getaffinity(0)), key=is_second)[:threads]


def system_facts(programs: Path) -> dict[str, str]:
    """Names and values, in the order of the page."""
    lines = subprocess.check_output([programs / "facts"], text=True).splitlines()
    of_build, system = dict(line.split("=", 1) for line in lines), os.uname()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "CPU": cpu_model(),
        "Cores": str(os.cpu_count()),
        "Instruction set in use": of_build["Instruction set in use"],
        "Caches": caches(),
        "Memory": f"{memory / 2**30:.1f} GiB",
        "System": f"{system.sysname} {system.release} {system.machine}",
        "Compiler": of_build["Compiler"],
        "Date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
    }
