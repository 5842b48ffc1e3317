"""Misbehaving scripts. Each tries something; what it must not achieve is checked from outside.

`attempt` prints BREACH when its act succeeds; `show` prints what could be read, where only a
planted secret is a breach. `W` is what the attacker knows (see `Scene.words`).
"""

# One case a line reads as a table.
# ruff: noqa: E501

from dataclasses import dataclass

OK = ("ok",)

PRELUDE = """
import json, os, sys, time
W = json.loads({words!r})
DATA, OUT = sys.argv[1], sys.argv[2]
def attempt(what, act):
    try:
        act()
    except BaseException as error:
        print("DENIED", what, type(error).__name__, flush=True)
    else:
        print("BREACH", what, flush=True)
def show(what, act):
    try:
        print("GOT", what, act(), flush=True)
    except BaseException as error:
        print("DENIED", what, type(error).__name__, flush=True)
def raw(number, *arguments):
    import ctypes
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    long = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    if library.syscall(ctypes.c_long(number), *long) < 0:
        raise OSError(ctypes.get_errno(), "refused")
print("started", flush=True)
"""


@dataclass(frozen=True)
class Case:
    """One script: what it tries, and the statuses that may come of it."""

    name: str
    source: str
    statuses: tuple[str, ...] = OK
    wall: float = 5.0
    memory_mb: int = 256


def attempts(name: str, *acts: str, before: str = "") -> Case:
    lines = [f"attempt({act!r}, lambda: {act})" for act in acts]
    return Case(name, "\n".join([before, *lines]))


CASES = [
    # secrets in files, in the environment, in other processes
    attempts("read a secret by its path", "open(W['secret_file']).read()"),
    attempts("list the secret's folder", "os.listdir(W['folder'])"),
    attempts("open a secret through a directory", "os.open('settings.py', 0, dir_fd=os.open(W['folder'], os.O_PATH))"),
    attempts("read the shadow file and homes", "open('/etc/shadow')", "os.listdir('/root')", "os.listdir('/home')", "open('/etc/passwd')"),
    Case("read the environment", "show('environ', lambda: dict(os.environ)); show('proc', lambda: open('/proc/self/environ').read())"),
    attempts("read a neighbour's memory and environment", "open(f\"/proc/{W['neighbour']}/environ\",'rb').read()", "open(f\"/proc/{W['neighbour']}/mem\",'rb')", "os.listdir(f\"/proc/{W['neighbour']}/fd\")"),
    Case("walk all objects for secrets", "import gc\nshow('objects', lambda: [str(o)[:2000] for o in gc.get_objects() if isinstance(o, (dict, list, tuple)) and 'SECRET' in str(o)[:2000]][:9])"),
    Case("walk the frames above", "f = sys._getframe()\nwhile f:\n    show('frame', lambda: sorted(f.f_locals))\n    f = f.f_back"),
    attempts("read from inherited descriptors", "os.read(5, 1)", "os.pread(6, 10, 0)"),
    attempts("import the web application", "__import__('alphabench.settings')", "__import__('backtests.models')", before="sys.path[:0] = [os.getcwd() + '/..', '/app', W['folder']]"),
    # writing elsewhere
    attempts("change a world-writable file", "open(W['victim'],'a').write('x')", "os.truncate(W['victim'],0)", "os.chmod(W['victim'],0)", "os.utime(W['victim'],(1,1))", "os.utime(W['victim'])", "os.setxattr(W['victim'],'user.x',b'1')", "os.chown(W['victim'],65534,-1)"),
    attempts("create, rename and remove outside", "open(W['open_folder']+'/new','w')", "os.mkdir(W['open_folder']+'/d')", "os.unlink(W['victim'])", "os.rename(W['victim'],W['victim']+'2')", "os.symlink('/etc',W['open_folder']+'/l')", "os.link(W['victim'],W['open_folder']+'/h')"),
    attempts("write to temporary folders and shared memory", "open('/tmp/ab-sbx-x','w')", "open('/var/tmp/ab-sbx-x','w')", "open('/dev/shm/ab-sbx-x','w')", "__import__('multiprocessing.shared_memory', fromlist=['x']).SharedMemory(create=True,size=10)"),
    attempts("write into the interpreter", "open(sys.prefix+'/x','w')", "open(os.__file__,'a')", "open(sys.executable,'r+b')"),
    attempts("make devices, pipes and sockets in the file system", "os.mknod('d',0o600|0o060000,2049)", "os.mkfifo('f')", "os.symlink('/etc/passwd','s')", "os.link(DATA,'h')"),
    attempts("change its own input", "open(DATA,'r+b')", "os.truncate(DATA,0)", "os.unlink(DATA)", "os.rename(DATA,DATA+'x')"),
    # processes
    attempts("fork", "os.fork()", "os.forkpty()", "os.posix_spawn('/bin/true',['true'],{})"),
    attempts("run a program", "__import__('subprocess').run(['/bin/true'])", "os.execv('/bin/sh',['sh','-c','echo BREACH'])", "1/(os.system('true')==0)", "1/len(os.popen('echo x').read())"),
    attempts("use multiprocessing", "__import__('multiprocessing').Process(target=print).start()", "__import__('multiprocessing').Pool(2)"),
    Case("start a thousand threads", "import threading\nthreading.stack_size(65536)\nn=0\ntry:\n    for n in range(1000): threading.Thread(target=time.sleep,args=(9,),daemon=True).start()\n    print('BREACH')\nexcept (RuntimeError, MemoryError): print('stopped at', n)\nos._exit(0)"),
    attempts("clone with namespaces by a raw call", "raw(56, 0x10000000|17, 0, 0, 0, 0)", "raw(435, b'\\0'*88, 88)", "raw(57)", "raw(58)", "raw(59, b'/bin/sh', None, None)", "raw(322, -1, b'/bin/sh', None, None, 0)"),
    # signals and control of others
    attempts("signal others", "os.kill(W['neighbour'],0)", "os.kill(W['neighbour'],9)", "os.kill(-1,9)", "os.killpg(0,9)", "os.kill(os.getppid() or 1 << 20,15)"),
    attempts("signal by other roads", "raw(129,W['neighbour'],9,b'\\0'*128)", "raw(200,W['neighbour'],9)", "raw(234,W['neighbour'],W['neighbour'],9)", "raw(424,3,9,None,0)", "raw(434,W['neighbour'],0)"),
    attempts("make the kernel send a signal", "__import__('fcntl').fcntl(1,8,W['neighbour'])", "__import__('fcntl').fcntl(1,10,9)", "__import__('fcntl').fcntl(1,15,b'\\0'*8)"),
    attempts("trace and write a neighbour", "raw(101,16,W['neighbour'],0,0)", "raw(310,W['neighbour'],b'x'*16,1,b'x'*16,1,0)", "raw(311,W['neighbour'],b'x'*16,1,b'x'*16,1,0)"),
    attempts("change a neighbour's limits and priority", "os.setpriority(0,W['neighbour'],19)", "os.sched_setaffinity(W['neighbour'],{0})", "__import__('resource').prlimit(W['neighbour'],7,(9,9))", "os.sched_setscheduler(0,1,os.sched_param(1))"),
    attempts("raise its own limits", "__import__('resource').setrlimit(7,(4096,4096))", "__import__('resource').setrlimit(9,(-1,-1))", "raw(302,0,7,b'\\0'*16,None)"),
    # network
    attempts("connect over TCP and UDP", "__import__('socket').create_connection(('127.0.0.1',W['tcp_port']),1)", "__import__('socket').socket(2,2).sendto(b'x',('127.0.0.1',W['udp_port']))", "__import__('socket').socket(10)"),
    attempts("connect to local sockets", "__import__('socket').socket(1).connect(W['unix_path'])", "__import__('socket').socket(1).connect(chr(0)+W['abstract'])", "__import__('socket').socketpair()"),
    attempts("listen and sniff", "__import__('socket').create_server(('',0))", "__import__('socket').socket(17,3)", "__import__('socket').socket(16,3)", "__import__('socket').socket(38,5)"),
    attempts("ask the network for names", "__import__('urllib.request',fromlist=['x']).urlopen(f\"http://127.0.0.1:{W['tcp_port']}\",timeout=1)", "1/len(__import__('socket').getaddrinfo('example.com',80))"),
    # kernel
    attempts("reach for rare system calls", *[f"raw({n},0,0,0,0,0)" for n in (425, 321, 323, 250, 248, 298, 304, 308, 272, 161, 155, 165, 166, 175, 313, 246, 169, 164, 319, 437, 438, 442)]),
    attempts("use System V and POSIX IPC", "raw(29,4711,4096,0o1600)", "raw(64,4711,1,0o1600)", "raw(68,4711,0o1600)", "raw(240,b'/x',0o102,0o600,None)"),
    attempts("gain privileges", "os.setuid(0)", "os.setresuid(0,0,0)", "os.setgroups([0])", "raw(126,b'\\0'*8,b'\\xff'*24)", "raw(157,38,0,0,0,0)", "raw(157,4,1,0,0,0)"),
    attempts("loosen its own walls", "raw(317,1,0,None)", "raw(157,22,0,0,0,0)", "raw(444,b'\\0'*8,8,0)", "os.chroot('.')", "raw(272,0x10000000)", "raw(308,0,0)"),
    Case("call with the 32-bit table", "import ctypes, mmap\nm = mmap.mmap(-1, 4096, prot=7)\nm.write(bytes.fromhex('b814000000cd80c3'))\nctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()\nprint('BREACH 32-bit call')", ("killed:signal:31", "killed:signal:11")),
    Case("call with the x32 table", "import ctypes\nctypes.CDLL(None).syscall(ctypes.c_long(0x40000000 + 39))\nprint('BREACH x32')", ("killed:signal:31",)),
    attempts("change clock, host name and mounts", "time.clock_settime(0, 1)", "raw(170,b'x',1)", "raw(165,b'none',b'/',b'tmpfs',0,None)", "raw(166,b'/',2)"),
    # memory, time, disk, output
    Case("append memory for ever", "L=[]\nwhile True: L.append(bytearray(os.urandom(16))*(1<<18))", ("killed:memory",)),
    Case("ask for all memory at once", "bytearray(1<<36)", ("killed:memory",)),
    Case("map shared memory", "import mmap\nL=[]\nwhile True:\n    m=mmap.mmap(-1,1<<24); L.append(m); m.write(b'x'*(1<<24))", ("killed:memory", "error")),
    Case("fill memory from threads", "import threading\ndef go():\n    L=[]\n    while True: L.append(b'x'*(1<<22))\nT=[threading.Thread(target=go) for _ in range(8)]\n[t.start() for t in T]", ("killed:memory", "error", "ok")),
    Case("loop for ever", "while True: pass", ("killed:timeout",), wall=0.4),
    Case("sleep for ever", "time.sleep(1e6)", ("killed:timeout",), wall=0.4),
    Case("ignore every signal", "import signal\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError): pass\nwhile True: time.sleep(1)", ("killed:timeout",), wall=0.4),
    Case("never finish an exit hook", "import atexit\natexit.register(time.sleep, 1e6)", ("killed:timeout",), wall=0.4),
    Case("leave a thread running", "import threading\nthreading.Thread(target=time.sleep,args=(1e6,)).start()", ("killed:timeout",), wall=0.4),
    Case("hold the interpreter in C", "10**(10**8)", ("killed:timeout",), wall=0.4),
    Case("burn all CPUs with threads", "import threading, hashlib\nb=bytes(1<<24)\ndef go():\n    while True: hashlib.sha256(b)\n[threading.Thread(target=go).start() for _ in range(6)]", ("killed:timeout",), wall=0.4),
    Case("fill the disk with one file", "try:\n    with open('f','wb') as f:\n        for _ in range(1024): f.write(bytes(1<<20)); f.flush()\n    print('BREACH')\nexcept OSError as e: print('DENIED', e)"),
    Case("fill the disk with many files", "n=0\ntry:\n    for n in range(5000): open(f'f{n}','w').close()\n    print('BREACH')\nexcept OSError as e: print('DENIED', n)"),
    Case("exhaust descriptors", "L=[]\ntry:\n    while len(L)<4096: L.append(os.open('/dev/null',0))\n    print('BREACH')\nexcept OSError as e: print('DENIED', len(L))"),
    Case("flood stdout", "while True: print('x'*1000)", ("output-truncated",)),
    Case("flood stderr", "while True: sys.stderr.write('x'*1000)", ("output-truncated",)),
    Case("flood with raw writes from threads", "import threading\ndef go():\n    while True: os.write(1,b'x'*65536)\n[threading.Thread(target=go).start() for _ in range(4)]", ("output-truncated",)),
    # crashes and lies
    Case("crash in C", "import ctypes; ctypes.string_at(0)", ("killed:signal:11",)),
    Case("abort", "os.abort()", ("killed:signal:6", "killed:signal:11")),
    Case("recurse without end", "def f(): f()\nf()", ("error",)),
    Case("overflow the C stack", "sys.setrecursionlimit(10**9)\ndef f(): f()\nx=None\nfor _ in range(10**6): x=[x]\nrepr(x)", ("killed:signal:11", "error", "killed:memory")),
    Case("exit with a chosen code", "sys.exit(3)", ("error",)),
    Case("exit as a failed sandbox would", "os.write(2,b'sandbox setup failed'); os._exit(125)", ("error",)),
    Case("claim to be out of memory", "os.write(3,b'M'); os._exit(0)", OK),
    Case("claim not to have started", "os.write(3,b'Elandlock missing'); os._exit(1)", ("error",)),
    Case("close everything", "os.closerange(0,256); os._exit(0)", OK),
    Case("print a verdict", "print(json.dumps({'status':'ok','exit_code':0})); sys.exit(9)", ("error",)),
    Case("raise from a hostile class", "class E(BaseException):\n    def __str__(self): raise E\n    __repr__=__str__\nraise E", ("error",)),
    Case("hide behind replaced streams", "class S:\n    def write(self,*a): raise SystemExit(0)\n    flush=write\nsys.stdout=sys.stderr=S()\n1/0", ("error",)),
    Case("compile a deeply nested source", "eval('('*100000+')'*100000)", ("error", "killed:memory", "killed:signal:11")),
    # the channels and folders it is given
    Case("flood the channel that says it has started", "while True: os.write(3, b'x' * 4096)", ("killed:timeout",), wall=0.4),
    Case("close the channels it is given", "os.close(3); os.close(4); print('still here')", OK),
    Case("read its script's descriptor again", "try: os.read(5, 1); print('BREACH')\nexcept OSError as e: print('DENIED', e)"),
    Case("make its output pipe non-blocking and leave", "os.set_blocking(1, False); os.set_blocking(2, False)\ntry:\n    while True: os.write(1, b'x' * 65536)\nexcept (BlockingIOError, OSError): pass", ("ok", "output-truncated")),
    Case("take its output folder away", "os.rmdir(OUT)\nprint('gone')" , ("ok", "error")),
    Case("put another folder in its place", "os.rename(OUT, OUT + '2'); os.mkdir(OUT); open(OUT + '/x.json', 'w').write('{}')", ("ok", "error")),
    Case("close the doors behind it", "os.chmod(OUT, 0); os.chmod('.', 0)", ("ok", "error")),
    Case("leave links, pipes and folders as output", "attempt('symlink', lambda: os.symlink('/etc/passwd', OUT + '/a.json')); attempt('link', lambda: os.link(DATA, OUT + '/b.json')); attempt('fifo', lambda: os.mkfifo(OUT + '/c.json')); show('folder', lambda: os.mkdir(OUT + '/d.json'))"),
    Case("leave output with hostile names", "for n in ('..', '../x.json', '-rf', 'a b', '\\n.json', '\\u202ecod.json', 'x' * 200 + '.json'):\n    show('name', lambda: open(os.path.join(OUT, n), 'w').close())"),
    Case("leave a sparse file of a terabyte", "def go():\n    with open(OUT + '/big.json', 'wb') as f: f.truncate(1 << 40)\nattempt('terabyte', go)"),
    Case("leave a bomb for whoever unpickles", "import pickle\nclass B:\n    def __reduce__(self): return (os.system, (f\"echo BREACH > {W['victim']}\",))\nshow('pickle', lambda: open(OUT + '/r.pkl', 'wb').write(pickle.dumps(B())))\nshow('npy', lambda: __import__('numpy').save(OUT + '/r.npy', [B()], allow_pickle=True))"),
    Case("nest folders without end", "p = OUT\ntry:\n    for _ in range(100000):\n        p += '/d'; os.mkdir(p)\n    print('BREACH')\nexcept OSError as e: print('DENIED', e.errno)"),
    # memory the watch does not see at once
    Case("map a page at a time", "import mmap\nL = []\nwhile True: L.append(mmap.mmap(-1, 4096))", ("killed:memory", "error", "killed:timeout"), wall=2.0),
    Case("keep memory in pipes", "L = []\ntry:\n    while True:\n        r, w = os.pipe(); L += [r, w]; os.set_blocking(w, False)\n        try:\n            while True: os.write(w, b'x' * 65536)\n        except BlockingIOError: pass\nexcept OSError as e: print('DENIED', len(L))"),
    attempts("make pipes larger", "__import__('fcntl').fcntl(os.pipe()[1], 1031, 1 << 20)"),
    attempts("lock memory", "raw(149, 0, 4096)", "raw(151, 3)", "raw(325, 0, 4096, 0)"),
    Case("give inherited memory back and take more", "import mmap\nL = []\nwhile True:\n    m = mmap.mmap(-1, 1 << 26); L.append(m)\n    for k in range(0, 1 << 26, 4096): m[k] = 1", ("killed:memory", "error", "killed:timeout"), wall=2.0),
    Case("sleep through its deadline in a signal handler", "import signal\nsignal.signal(14, lambda *a: time.sleep(99)); signal.setitimer(0, 0.01); time.sleep(99)", ("killed:timeout",), wall=0.4),
    Case("stop itself", "import signal\nos.kill(os.getpid(), signal.SIGSTOP); time.sleep(99)", ("killed:timeout",), wall=0.4),
    Case("spin with every thread it may have", "import threading\ndef go():\n    while True: pass\nfor _ in range(24): threading.Thread(target=go, daemon=True).start()\nwhile True: pass", ("killed:timeout",), wall=0.6),
    # poisoned words
    Case("speak to the terminal", "print('\\x1b]0;owned\\x07\\x1b[2J\\u202e<script>alert(1)</script>')", OK),
    Case("print invalid UTF-8 and numbers that are none", "os.write(1, b'\\xff\\xfe{\"v\": NaN}\\n{\"v\": 1e999}\\n' + b'[' * 5000 + b'\\n')", OK),
    Case("print a line of a megabyte", "print('x' * (1 << 20 - 8))", ("ok", "output-truncated")),
]  # fmt: skip
