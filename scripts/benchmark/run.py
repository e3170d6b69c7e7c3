#!/usr/bin/env python3
"""Side-by-side benchmark: every engine loads the same data, answers the same queries
(QUERIES.md), and the answers are compared.

    scripts/bench --size M                              # Peyvand and the peers that are installed
    scripts/bench --size L --engines duckdb,polars --timeout 30
    scripts/bench --check                               # Peyvand alone at size S: are the answers right?
    scripts/bench --interrupt --rows 10M                # how long ^C takes, for a list of heavy questions

Needs the packages in requirements.txt; where they are missing it makes a virtual
environment in the system's temp folder and runs itself there.  The data and every
saved file live in the temp folder too (BENCH_TMP overrides it), never in the repository.

All engines are loaded one after the other and stay up; then each query goes round:
engine A, B, C, ..., A, B, C, ... so that a disturbance of a shared machine meets all of
them alike.  One warm-up round, then --repeat timed rounds.

An external engine (--ext name=command) is a program that is called as
    command --data DIR --save PATH          (load the CSV files in DIR, save to PATH, then serve)
    command --data DIR --save PATH --reopen (open PATH, then serve: used after a timeout)
    command --data DIR --save PATH --cold   (open PATH, answer q1, exit)
and prints one JSON object a line:
    {"ev":"version","version":"1.0"}  {"ev":"load","s":1.2}  {"ev":"save","s":0.3,"flush_s":0.1,"bytes":123}  {"ev":"ready"}
then reads lines "q1" or "q1 rows" on stdin, runs that query once and answers
    {"ev":"q","q":"q1","ms":1.25}  or with  "rows":[[..],..]   {"ev":"none","q":"q1"}   {"ev":"error","q":"q1","error":".."}
To "memory", asked after all questions, it answers {"ev":"memory","interactions":10,"bytes":500,"parts":{"column":300,..}}
or {"ev":"none"}.  With --cold it prints {"ev":"cold","ms":1.5,"rows":[[..]]}.  It ends when stdin does.
Called with --memory alone it may measure the machine: {"ev":"memory","one":9.8,"two":17.1,"random_ns":9,"chained_ns":90}
(GB/s on one core and on two).  With --prompt PATH the interactive program PATH is started on the saved file at a terminal of its own.
Peak memory and process times are taken from outside, so nobody measures itself.
"""
import argparse, hashlib, json, os, pty, select, shlex, shutil, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
TMP = os.environ.get("BENCH_TMP") or os.path.join(tempfile.gettempdir(), "peyvand-bench")
QUERIES = ["q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12a", "q12b", "q13", "q13b", "q14"]
# The questions about what came after what.
SEQUENCES = ["q5", "q6", "q9", "q10", "q13", "q13b", "q14"]
ENGINES = ["duckdb", "polars", "chdb", "pandas", "sqlite", "kuzu"]


def ensure_env(check):
    """The packages, in a virtual environment of their own where they are not at hand; for --check those of the data alone,
    and where these cannot be had it says so and ends."""
    try:
        import numpy, pyarrow, orjson  # noqa: F401
        return
    except ImportError:
        pass
    if os.environ.get("BENCH_IN_VENV"):
        sys.exit("the benchmark's packages are not importable in its virtual environment")
    venv = os.path.join(TMP, "venv")
    py = os.path.join(venv, "bin", "python")
    wanted = ["-r", os.path.join(HERE, "requirements.txt")]
    if check:
        # Where there is no network, that is soon known.
        wanted = ["--timeout", "10", "--retries", "1"] + [
            x.strip() for x in open(wanted[1]) if x.split("=")[0] in ("numpy", "pyarrow", "orjson")]
    try:
        if not os.path.exists(py):
            subprocess.check_call([sys.executable, "-m", "venv", venv])
        subprocess.check_call([py, "-m", "pip", "install", "-q"] + wanted)
    except (OSError, subprocess.CalledProcessError) as e:
        if not check:
            raise
        print(f"bench: left out, since the packages that make its data cannot be had here ({e})")
        sys.exit(0)
    os.environ["BENCH_IN_VENV"] = "1"
    os.execv(py, [py, os.path.abspath(__file__)] + sys.argv[1:])


def canon(rows):
    """Rows in an order and a form that do not depend on the engine."""
    def v(x):
        if x is None or (isinstance(x, float) and x != x):
            return None
        if isinstance(x, bool):
            return int(x)
        if isinstance(x, float):
            return x
        return x
    return sorted(([v(x) for x in r] for r in rows), key=lambda r: [(x is None, str(x) if isinstance(x, str) else f"{x or 0:020.4f}") for x in r])


def same(a, b):
    if len(a) != len(b):
        return f"{len(a)} rows against {len(b)}"
    for x, y in zip(a, b):
        for u, w in zip(x, y):
            if u is None or w is None or isinstance(u, str):
                ok = u == w
            else:
                ok = abs(u - w) <= 1e-6 + 1e-9 * abs(w)
            if not ok or len(x) != len(y):
                return f"{x} against {y}"
    return None


def digest(rows, floats):
    f = lambda x, fl: "null" if x is None else x if isinstance(x, str) else f"{x + 1e-6:.4f}" if fl else str(int(x))
    return hashlib.sha256("\n".join("|".join(f(x, fl) for x, fl in zip(r, floats)) for r in rows).encode()).hexdigest()[:16]


def status(pid):
    o = {}
    try:
        for line in open(f"/proc/{pid}/status"):
            if line.startswith(("VmHWM", "VmRSS")):
                k, val = line.split(":")
                o[k] = int(val.split()[0]) / 1024
    except OSError:
        pass
    return o


def spin():
    """A fixed single-thread loop, best of 5, in ms: shows how much others slow this machine down."""
    best = 1e9
    for _ in range(5):
        t = time.perf_counter()
        x = 0
        for i in range(300_000):
            x += i & 7
        best = min(best, (time.perf_counter() - t) * 1000)
    return best


class Engine:
    def __init__(self, name, cmd, args):
        self.name, self.cmd, self.a, self.p = name, cmd, args, None
        self.save = os.path.join(TMP, f"save-{name}-{args.size}")
        self.res = dict(engine=name, queries={}, peak_mb=0)

    def spawn(self, extra):
        env = dict(os.environ, PYTHONPATH=HERE, BENCH_THREADS=str(self.a.threads), POLARS_MAX_THREADS=str(self.a.threads))
        return subprocess.Popen(self.cmd + ["--data", self.a.data, "--save", self.save] + extra, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=open(os.path.join(TMP, f"err-{self.name}.txt"), "w"), env=env)

    def read(self, seconds):
        """The next event; None when time is up or the process is gone."""
        end = time.time() + seconds
        while b"\n" not in self.buf:
            ready, _, _ = select.select([self.p.stdout], [], [], max(0, min(0.5, end - time.time())))
            if ready:
                chunk = os.read(self.p.stdout.fileno(), 1 << 20)
                if not chunk:
                    return None
                self.buf += chunk
            elif time.time() >= end:
                return None
            self.res["peak_mb"] = max(self.res["peak_mb"], status(self.p.pid).get("VmHWM", 0))
        line, self.buf = self.buf.split(b"\n", 1)
        return json.loads(line) if line.startswith(b"{") else self.read(end - time.time())

    def start(self, reopen=False):
        if not reopen:
            if os.path.isdir(self.save):
                shutil.rmtree(self.save)
            elif os.path.exists(self.save):
                os.remove(self.save)
        self.p, self.buf = self.spawn(["--reopen"] if reopen else []), b""
        while True:
            e = self.read(self.a.load_timeout)
            if e is None:
                self.res["error"] = "did not load"
                self.stop()
                return
            ev = e.pop("ev")
            if ev == "ready":
                return
            if ev == "version":
                self.res["version"] = e["version"]
            elif not reopen:
                self.res[ev] = e
                self.res[ev + "_mb"] = status(self.p.pid)

    def stop(self):
        if self.p:
            self.p.kill()
            self.p.wait()
        self.p = None

    def once(self, q, rows=False):
        """Milliseconds of one run, or None; notes errors and timeouts."""
        v = self.res["queries"].get(q)
        if v and "error" in v:
            return None
        if self.p is None:
            return None
        self.p.stdin.write((q + (" rows" if rows else "") + "\n").encode())
        self.p.stdin.flush()
        e = self.read(self.a.timeout)
        if e is None:
            self.res["queries"][q] = dict(q=q, error=f"timeout {self.a.timeout:.0f}s")
            self.stop()
            self.start(reopen=True)
        elif e["ev"] == "error":
            self.res["queries"][q] = e
        elif e["ev"] == "q":
            v = self.res["queries"].setdefault(q, dict(q=q, ms=[]))
            if rows:
                v["rows"] = e["rows"]
            else:
                v["ms"].append(e["ms"])
            return e["ms"]
        else:
            self.res["queries"][q] = dict(q=q, error="–")
        return None

    def held(self):
        """What the interactions take in memory, by the engine's own count."""
        if self.p is None:
            return
        self.p.stdin.write(b"memory\n")
        self.p.stdin.flush()
        e = self.read(self.a.timeout)
        if e and e["ev"] == "memory" and e.get("interactions"):
            self.res["held"] = e

    def cold(self):
        wall, inner = [], []
        for i in range(6):
            t = time.perf_counter()
            p = self.spawn(["--cold"])
            data = p.stdout.read()
            p.wait()
            dt = (time.perf_counter() - t) * 1000
            rows = [json.loads(x) for x in data.split(b"\n") if x.startswith(b'{"ev"')]
            if not rows:
                self.res["cold"] = dict(error="no answer")
                return
            if i:
                wall.append(dt); inner.append(rows[-1]["ms"])
        self.cold_rows = rows[-1]["rows"]
        self.res["cold"] = dict(wall_ms=statistics.median(wall), engine_ms=statistics.median(inner))


def write_questions(data):
    """The records that q12a and q12b ask about, as the files that a user would have them in."""
    p = json.load(open(os.path.join(data, "params.json")))
    with open(os.path.join(data, "seeds.csv"), "w") as f:
        f.write("number,customer\n" + "".join(f"{i},{x}\n" for i, x in enumerate(p["seeds"])))
    with open(os.path.join(data, "pairs.csv"), "w") as f:
        f.write("number,one,other\n" + "".join(f"{i},{x},{y}\n" for i, (x, y) in enumerate(p["pairs"])))


def check(results, queries):
    """Prints whether each answer is the expected one; 1 where one is not."""
    failed = 0
    for r in results:
        if "error" in r:
            print(f"{r['engine']}: {r['error']}")
            failed = 1
        for q in queries:
            v = r["queries"].get(q, {})
            ok = v.get("sha_ok")
            said = "right" if ok else v.get("error") or "wrong"
            print(f"{r['engine']} {q}: {said}" + (f", {v['nrows']} rows" if ok else ""))
            failed |= not ok
        if "wall_ms" not in r.get("cold", {}):
            print(f"{r['engine']}: the saved file does not answer q1")
            failed = 1
    return int(failed)


def bandwidth(command):
    """What the machine's memory gives, measured by an external engine before anything else runs; None where it does not."""
    try:
        said = subprocess.run(command + ["--memory"], capture_output=True, timeout=120).stdout
        found = [json.loads(x) for x in said.split(b"\n") if x.startswith(b'{"ev":"memory"')]
        return found[-1] if found else None
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


class Terminal:
    """A program at a terminal of its own, typed at."""

    def __init__(self, command, history):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm", PEYVAND_HISTORY=history)
            os.execv(command[0], command)

    def until(self, wanted, seconds=10):
        """What it writes until that has come; what has come by then, where it does not."""
        seen, end = b"", time.perf_counter() + seconds
        while not wanted(seen):
            ready, _, _ = select.select([self.fd], [], [], max(0, end - time.perf_counter()))
            if not ready:
                break
            try:
                seen += os.read(self.fd, 1 << 16)
            except OSError:
                break
        return seen

    def typed(self, text, wanted):
        """Milliseconds from the keys to the answer; None where none came."""
        t = time.perf_counter()
        os.write(self.fd, text)
        seen = self.until(wanted)
        return (time.perf_counter() - t) * 1000 if wanted(seen) else None

    def close(self):
        os.close(self.fd)
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)


def prompt(program, store):
    """Milliseconds from the start of the program to its prompt, without a store and with one, and to a name completed."""
    ready = lambda seen: b"> " in seen
    found = dict(empty_ms=[], store_ms=[], complete_ms=[])
    with tempfile.TemporaryDirectory() as folder:
        history = os.path.join(folder, "history")
        for turn in range(6):
            for key, command in (("empty_ms", [program]), ("store_ms", [program, store])):
                t = time.perf_counter()
                terminal = Terminal(command, history)
                came = ready(terminal.until(ready))
                ms = (time.perf_counter() - t) * 1000
                if came and turn:
                    found[key].append(ms)
                if came and key == "store_ms" and turn:
                    # The rest of `customer`, then of `region`, each the only name that begins so.
                    for text, rest in ((b"custo\t", b"mer"), (b" | where regi\t", b"on")):
                        ms = terminal.typed(text, lambda seen: rest in seen)
                        if ms is not None:
                            found["complete_ms"].append(ms)
                terminal.close()
    return {k: statistics.median(v) for k, v in found.items() if v}


def ratios(results, queries):
    """How many times faster than the fastest peer the last engine is, by query; missing where it has no peer."""
    own, peers = results[-1], results[:-1]
    def ms(r, q):
        v = r["queries"].get(q, {})
        return statistics.median(v["ms"]) if v.get("ms") and not v.get("differs") else None
    found = {}
    for q in queries:
        mine, others = ms(own, q), [t for t in (ms(r, q) for r in peers) if t]
        if mine and others:
            found[q] = min(others) / mine
    return found


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--size", choices=["S", "M", "L"], default="M")
    ap.add_argument("--rows", choices=["100k", "1M", "10M"], help="the size by its interactions")
    ap.add_argument("--check", action="store_true", help="answers only, each against its expected hash; ends with 1 where one is wrong")
    ap.add_argument("--interrupt", action="store_true", help="measure how long ^C takes to stop the external engine, and nothing else")
    ap.add_argument("--rounds", type=int, default=6, help="with --interrupt: signals sent to each question")
    ap.add_argument("--only", help="with --interrupt: one question by its name")
    ap.add_argument("--seed", type=int, default=7)
    ap.add_argument("--engines", default=",".join(ENGINES))
    ap.add_argument("--ext", action="append", default=[], help="name=command of an external engine")
    ap.add_argument("--queries", default=",".join(QUERIES))
    ap.add_argument("--repeat", type=int, default=5)
    ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--timeout", type=float, default=60, help="seconds for one run of a query")
    ap.add_argument("--load-timeout", type=float, default=900)
    ap.add_argument("--prompt", help="the interactive program whose start is measured, on the file that the last engine saved")
    ap.add_argument("--json", help="also write all figures to this file")
    ap.add_argument("--expected", action="store_true", help="rewrite expected.json for this size from the first engine")
    a = ap.parse_args()
    ensure_env(a.check)
    a.queries = a.queries.split(",")
    if a.check:
        a.engines, a.repeat = "", 0
    if a.rows:
        a.size = {"100k": "S", "1M": "M", "10M": "L"}[a.rows]
    a.data = os.path.join(TMP, a.size)
    os.makedirs(TMP, exist_ok=True)
    if not os.path.exists(os.path.join(a.data, "params.json")):
        subprocess.check_call([sys.executable, os.path.join(HERE, "generate.py"), "--size", a.size, "--seed", str(a.seed), "--out", a.data])
    write_questions(a.data)
    if a.interrupt:
        for name, command in (x.split("=", 1) for x in a.ext):
            subprocess.check_call(shlex.split(command) + ["--data", a.data, "--save", os.path.join(TMP, f"save-{name}-{a.size}"), "--interrupt",
                                  "--rounds", str(a.rounds)] + (["--only", a.only] if a.only else []))
        return
    engines = [Engine(n, [sys.executable, os.path.join(HERE, "worker.py"), n], a) for n in a.engines.split(",") if n]
    for x in a.ext:
        n, c = x.split("=", 1)
        engines.append(Engine(n, shlex.split(c), a))
    memory = None if a.check or not a.ext else bandwidth(shlex.split(a.ext[-1].split("=", 1)[1]))
    results, ref = [], {}
    exp_path = os.path.join(HERE, "expected.json")
    expected = json.load(open(exp_path)) if os.path.exists(exp_path) else {}
    exp = expected.setdefault(a.size, {})
    for e in engines:
        print(f"... loading {e.name}", file=sys.stderr, flush=True)
        e.start()
    spins = [spin()]
    for q in a.queries:
        print(f"... {q}", file=sys.stderr, flush=True)
        for e in engines:
            e.once(q, rows=True)
        for _ in range(a.repeat):
            for e in engines:
                e.once(q)
        spins.append(spin())
    for e in engines:
        if not a.check:
            e.held()
        e.stop()
        e.cold()
    if a.prompt and engines and not a.check:
        engines[-1].res["prompt"] = prompt(a.prompt, engines[-1].save)
    for e in engines:
        r = e.res
        if "ms" in r["queries"].get("q1", {}) and "rows" in r["queries"]["q1"] and "wall_ms" in r.get("cold", {}):
            bad = same(canon(e.cold_rows), canon(r["queries"]["q1"]["rows"]))
            if bad:
                r["cold"] = dict(error="wrong answer")
                print(f"    {e.name} cold start answers q1 otherwise: {bad}"[:400], file=sys.stderr)
        r["spin_ms"] = [min(spins), statistics.median(spins), max(spins)]
        results.append(r)
        for q, v in r["queries"].items():
            if "rows" not in v:
                if v["error"] != "–":
                    print(f"    {e.name} {q}: {v['error']}", file=sys.stderr)
                continue
            rows = canon(v.pop("rows"))
            v["nrows"] = len(rows)
            if q not in ref:
                # Which columns are of decimals is the expected answer's to say, where there is one.
                typed = exp[q]["first"] if q in exp and not a.expected else rows
                fl = [any(isinstance(x, float) for x in col) for col in zip(*typed)]
                ref[q] = (e.name, rows, fl)
                if a.expected:
                    exp[q] = dict(rows=len(rows), sha=digest(rows, fl), first=rows[:2])
            v["differs"] = same(rows, ref[q][1])
            v["sha_ok"] = digest(rows, ref[q][2]) == exp[q]["sha"] if q in exp else None
            if v["differs"]:
                print(f"    {e.name} {q} DIFFERS from {ref[q][0]}: {v['differs']}"[:400], file=sys.stderr)
    if a.expected:
        json.dump(expected, open(exp_path, "w"), indent=0, ensure_ascii=False)
    if a.check:
        sys.exit(check(results, a.queries))
    times_faster = ratios(results, a.queries)
    med = lambda v: statistics.median(v["ms"])
    cols = [r["engine"] for r in results]
    print(f"\nsize {a.size}, {a.threads} threads, ms, median of {a.repeat} warm runs, engines taking turns\n")
    if memory:
        print(f"memory read: {memory['one']:.1f} GB/s on one core, {memory['two']:.1f} on two; a read of any place "
              f"{memory['random_ns']:.0f} ns, {memory['chained_ns']:.0f} where it waits for the one before\n")
    print("| query | " + " | ".join(cols) + " | times faster than the best peer | agree |")
    print("|---|" + "---:|" * len(cols) + "---:|---|")
    for q in a.queries:
        cells, agree = [], 0
        bad = []
        for r in results:
            v = r["queries"].get(q)
            if v is None:
                cells.append("–"); continue
            if not v.get("ms"):
                cells.append(v["error"].split(":")[0][:16]); continue
            m = med(v)
            cells.append(f"{m:.1f}" if m >= 1 else f"{m:.3f}")
            if v["differs"]:
                bad.append(r["engine"])
            else:
                agree += 1
        sha = [r["queries"][q].get("sha_ok") for r in results if r["queries"].get(q, {}).get("ms")]
        print(f"| {q} | " + " | ".join(cells) + f" | {f'{times_faster[q]:.1f}' if q in times_faster else '–'} | {agree}" +
              (" NOT " + ",".join(bad) if bad else "") + (" sha" if sha and all(sha) else "") + " |")

    mean = lambda names: statistics.geometric_mean([times_faster[q] for q in names if q in times_faster] or [1])
    if times_faster:
        print(f"| geometric mean of all | " + "| " * len(cols) + f"| {mean(a.queries):.1f} | |")
        print(f"| geometric mean of sequences | " + "| " * len(cols) + f"| {mean([q for q in a.queries if q in SEQUENCES]):.1f} | |")

    def line(label, f, fmt="{:.2f}"):
        c = []
        for r in results:
            try:
                c.append(fmt.format(f(r)))
            except (KeyError, TypeError):
                c.append("–")
        print(f"| {label} | " + " | ".join(c) + " | | |")
    line("L1 load CSV, s", lambda r: r["load"]["s"])
    line("L2 cold start to Q1, whole process, ms", lambda r: r["cold"]["wall_ms"], "{:.0f}")
    line("L2 of which open + Q1 in the engine, ms", lambda r: r["cold"]["engine_ms"], "{:.1f}")
    line("L3 save without its final flush, s", lambda r: r["save"]["s"])
    line("L3 the flush to the disk, s", lambda r: r["save"]["flush_s"])
    line("saved size, MB", lambda r: r["save"]["bytes"] / 1e6, "{:.0f}")
    line("RSS after load, MiB", lambda r: r["load_mb"]["VmRSS"], "{:.0f}")
    line("peak after load, MiB", lambda r: r["load_mb"]["VmHWM"], "{:.0f}")
    line("peak overall, MiB", lambda r: r["peak_mb"], "{:.0f}")
    line("memory an interaction after all questions, bytes", lambda r: r["held"]["bytes"] / r["held"]["interactions"], "{:.1f}")
    line("of which its timelines and their times", lambda r: sum(r["held"]["parts"].get(x, 0) for x in ("timelines", "times")) / r["held"]["interactions"], "{:.1f}")
    line("start to the prompt, no store, ms", lambda r: r["prompt"]["empty_ms"], "{:.1f}")
    line("start to the prompt, this store, ms", lambda r: r["prompt"]["store_ms"], "{:.1f}")
    line("a name completed there, ms", lambda r: r["prompt"]["complete_ms"], "{:.2f}")
    line("noise: a fixed loop, min, ms", lambda r: r["spin_ms"][0], "{:.0f}")
    line("noise: a fixed loop, median, ms", lambda r: r["spin_ms"][1], "{:.0f}")
    print("\nversions: " + ", ".join(f"{r['engine']} {r.get('version', '?')}" for r in results))
    if a.json:
        json.dump(results, open(a.json, "w"), default=str)


if __name__ == "__main__":
    main()
