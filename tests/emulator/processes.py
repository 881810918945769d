"""What runs for an emulator and what it listens on, read from Linux's /proc."""

import socket
import struct
from pathlib import Path


def running_for(folder: str) -> list[int]:
    """The processes started with `folder` in their environment: keeper, emulator and Lambda workers."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"TMPDIR={folder}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
        except OSError:  # ended meanwhile, or not ours to read
            continue
    return found


def told_of(folder: str) -> list[int]:
    """The processes whose command line names `folder`: the keeper of a PostgreSQL, and its server."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if folder.encode() in (process / "cmdline").read_bytes().split(b"\0"):
                found.append(int(process.name))
        except OSError:  # ended meanwhile
            continue
    return found


def listening_addresses(pids: list[int]) -> set[str]:
    """The addresses on which these processes listen, over IPv4 and IPv6."""
    sockets = set()
    for pid in pids:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            target = str(descriptor.readlink()) if descriptor.is_symlink() else ""
            if target.startswith("socket:["):
                sockets.add(target.removeprefix("socket:[").removesuffix("]"))
    addresses = set()
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            listens = fields[3] == "0A"
            if listens and fields[9] in sockets:
                packed = bytes.fromhex(fields[1].partition(":")[0])
                # Each 32-bit word is written in the machine's order.
                words = struct.unpack(f">{len(packed) // 4}I", packed)
                addresses.add(socket.inet_ntop(family, struct.pack(f"={len(words)}I", *words)))
    return addresses
