"""How fast text becomes a tree: KB/s, and a table that shows that the time is linear.

Run as `python -m tests.benchmarks.parse_speed`. Medians of five runs; 1 KB is 1,000 characters.
"""

from __future__ import annotations

from statistics import median
from time import perf_counter

from policylang.diagnostics.span import Source
from policylang.language import format_source, parse
from policylang.language.tables import tables

BAR = 300
"""KB/s that the parser has to reach."""

RULE = """
## What developers may do with environment number {n}.
allow Developer, any human to deploy, any Read on Environment "env-{n}" under Account "a"
    when resource.stage == prod and principal.team == "billing" or resource.size > {n}
    unless context.ticket has approved
    because "Number {n} belongs to the developers."  # for now

require approval from SRE by 2 within 30m
    for any agent to any Destructive on Environment
    when count(delete by principal within 1h) >= 3
    with snapshot, redact(resource.email)
"""
BROKEN = 'allow Developer to on Environment\n    when resource.stage = "{n}"\n'


def text(kilobytes: int, template: str = RULE) -> str:
    count = kilobytes * 1000 // len(template) + 1
    return "policy bench\n" + "".join(template.format(n=n) for n in range(count))


def seconds(source_text: str) -> float:
    times = []
    for _ in range(5):
        source = Source("bench.pol", source_text)
        begin = perf_counter()
        parse(source)
        times.append(perf_counter() - begin)
    return median(times)


def main() -> None:
    begin = perf_counter()
    tables()
    print(f"making the tables, once a process: {(perf_counter() - begin) * 1000:.0f} ms\n")
    print("|    size | parse ms |  KB/s | with errors, ms |")
    print("|--------:|---------:|------:|----------------:|")
    speeds = []
    for kilobytes in (125, 250, 500, 1000, 2000, 4000):
        policy = text(kilobytes)
        took, broken = seconds(policy), seconds(text(kilobytes, BROKEN))
        speeds.append(len(policy) / 1000 / took)
        print(
            f"| {kilobytes:4} KB | {took * 1000:8.0f} | {speeds[-1]:5.0f} | {broken * 1000:15.0f} |"
        )
    begin = perf_counter()
    format_source(Source("bench.pol", text(1000)))
    print(f"\nformatting 1,000 KB: {(perf_counter() - begin) * 1000:.0f} ms")
    verdict = "reached" if median(speeds) >= BAR else "MISSED"
    print(f"median {median(speeds):.0f} KB/s; bar {BAR} KB/s: {verdict}")


if __name__ == "__main__":
    main()
