"""A world of its own: private root, process tree, network and IPC (level A)."""

import os
from collections.abc import Iterable
from pathlib import Path

from sandbox.layers import kernel
from sandbox.layers.kernel import (
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    MS_REMOUNT,
)

NEW_MOUNT, NEW_CGROUP, NEW_UTS = 0x00020000, 0x02000000, 0x04000000
NEW_IPC, NEW_USER, NEW_PID, NEW_NET = 0x08000000, 0x10000000, 0x20000000, 0x40000000

JOB = "/job"
CANARY = "/canary"
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")


def enter_user_namespace(proc: int, more: int) -> None:
    """Unshare user namespace plus `more`, keeping our own uid and gid visible inside.

    `proc` is an open directory: after the change of root there is no /proc to be found.
    """
    uid, gid = os.getuid(), os.getgid()
    # After setresuid() the files in /proc/self belong to root unless the process is dumpable.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
    kernel.unshare(NEW_USER | more)
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        target = os.open(f"self/{name}", os.O_WRONLY, dir_fd=proc)
        try:
            os.write(target, line.encode())
        finally:
            os.close(target)


def build_root(readable: Iterable[str], proc: int, canary: bytes) -> None:
    """Give this process a read-only root with nothing in it but `readable` and a few devices.

    Done once, before any script exists, so no path can change underneath.  Root does it with its
    own rights and can therefore bind trees below directories that the sandbox uid cannot enter.
    """
    if os.geteuid() == 0:
        kernel.unshare(NEW_MOUNT)
    else:
        enter_user_namespace(proc, NEW_MOUNT)
    kernel.mount("none", "/", None, MS_REC | MS_PRIVATE)
    root = "/tmp" if Path("/tmp").is_dir() else "/mnt"
    kept = [
        (path, os.open(path, os.O_PATH | os.O_CLOEXEC))
        for path in (*readable, *DEVICES)
        if Path(path).exists()
    ]
    kernel.mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
    umask = os.umask(0o022)
    for path, opened in kept:
        _bind_read_only(opened, root + path)
        os.close(opened)
    for name in ("lib", "lib64", "bin"):
        if Path(f"/{name}").is_symlink() and not Path(f"{root}/{name}").exists():
            Path(f"{root}/{name}").symlink_to(Path(f"/{name}").readlink())
    Path(root + JOB).mkdir()
    Path(f"{root}/.old").mkdir()
    # Readable by mode bits, in no Landlock rule: the probe proves Landlock with it.
    Path(root + CANARY).write_bytes(canary)
    os.umask(umask)
    _enter(root)


def _bind_read_only(opened: int, target: str) -> None:
    source = f"/proc/self/fd/{opened}"
    if Path(source).is_dir():
        Path(target).mkdir(parents=True, exist_ok=True)
    else:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(target).touch()
    kernel.mount(source, target, None, MS_BIND | MS_REC)
    flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID
    try:
        kernel.mount("none", target, None, flags)
    except OSError:
        # A mount we did not make may be locked as nodev; then the flag has to stay.
        kernel.mount("none", target, None, flags | MS_NODEV)


def _enter(root: str) -> None:
    os.chdir(root)
    kernel.syscall("pivot_root", b".", b".old")
    os.chdir("/")
    kernel.unmount("/.old")
    Path("/.old").rmdir()
    kernel.mount("none", "/", None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)


def enter_job(proc: int, *, disk_mb: int, inodes: int) -> None:
    """Per job: seven namespaces and a fresh, capped, empty file system at /job."""
    others = NEW_MOUNT | NEW_PID | NEW_NET | NEW_IPC | NEW_UTS | NEW_CGROUP
    enter_user_namespace(proc, others)
    options = f"size={disk_mb}m,nr_inodes={inodes},mode=700"
    kernel.mount("tmpfs", JOB, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options)


def freeze(path: str) -> None:
    """Make one file read-only at the mount, whatever its owner does to its mode bits."""
    kernel.mount(path, path, None, MS_BIND)
    flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC
    kernel.mount("none", path, None, flags)
