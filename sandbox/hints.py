"""Which limit an uncaught error speaks of: one letter from the script's process, for the sentence.

A script can send any letter it likes. All it gains is another sentence about its own failure.
"""

import errno

BY_ERRNO = {
    errno.EFBIG: b"F",
    errno.ENOSPC: b"D",
    errno.EDQUOT: b"D",
    errno.EMFILE: b"O",
    errno.EAGAIN: b"P",
    errno.ENOMEM: b"M",
}
MEMORY, PROCESSES, NETWORK = b"M", b"P", b"N"
LIMITS = {
    b"M": "memory",
    b"F": "file size",
    b"D": "disk",
    b"O": "open files",
    b"P": "processes",
    b"N": "network",
}
STARTING = ("fork", "spawn", "execv", "Popen", "subprocess", "multiprocessing")
NEAREST_FRAMES = 2


def of(error: BaseException) -> bytes:
    """The letter for an error; empty where it speaks of no limit."""
    if isinstance(error, MemoryError):
        return MEMORY
    if isinstance(error, RuntimeError) and "start new thread" in str(error):
        return PROCESSES
    if not isinstance(error, OSError):
        return b""
    if error.errno == errno.EPERM and error.filename is None:
        return _refused_call(error)
    return BY_ERRNO.get(error.errno or 0, b"")


def read(said: bytes) -> str:
    """The limit that the last letter names; empty where it names none."""
    return LIMITS.get(said[-1:], "") if len(said) > 1 else ""


def _refused_call(error: BaseException) -> bytes:
    """EPERM without a file comes from the system call filter: a process or a socket was wanted."""
    codes = []
    frame = error.__traceback__
    while frame is not None:
        codes.append(frame.tb_frame.f_code)
        frame = frame.tb_next
    text = " ".join(
        " ".join((code.co_filename, code.co_name, *code.co_names))
        for code in codes[-NEAREST_FRAMES:]
    )
    if "socket" in text:
        return NETWORK
    return PROCESSES if any(word in text for word in STARTING) else b""
