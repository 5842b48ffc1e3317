"""Runs untrusted Python: a warm fork server, seven kernel layers, a supervisor that decides.

Standard library only; nothing here knows what the scripts are for.
"""

from sandbox.client import SandboxClient
from sandbox.job import Job, SandboxResult, SandboxUnavailable, status_sentence
from sandbox.limits import Limits
from sandbox.proof import Proof, prove
from sandbox.starter import ServerOptions

__all__ = [
    "Job",
    "Limits",
    "Proof",
    "SandboxClient",
    "SandboxResult",
    "SandboxUnavailable",
    "ServerOptions",
    "prove",
    "status_sentence",
]
